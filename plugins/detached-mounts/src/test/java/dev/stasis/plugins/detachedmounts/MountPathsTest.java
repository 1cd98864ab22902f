package dev.stasis.plugins.detachedmounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.UnixPath;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class MountPathsTest {

    private static UnixPath path(String text) {
        return UnixPath.of(text);
    }

    @Test
    void theRootIsWhatTheWholePathHasMoreThanThePathBelow() {
        assertThat(MountPaths.above(path("/srv/tree/in/file"), path("/in/file"))).isEqualTo(path("/srv/tree"));
    }

    @Test
    void whatIsTheRootItselfIsAllOfThePath() {
        assertThat(MountPaths.above(path("/srv/tree"), path("/"))).isEqualTo(path("/srv/tree"));
    }

    @Test
    void aWholePathThatIsNoLongerIsBelowTheRootOfAll() {
        assertThat(MountPaths.above(path("/in/file"), path("/in/file"))).isEqualTo(path("/"));
    }

    @Test
    void anotherNameTellsNothing() {
        assertThat(MountPaths.above(path("/srv/tree/in/other"), path("/in/file"))).isNull();
        assertThat(MountPaths.above(path("/file"), path("/in/file"))).isNull();
        assertThat(MountPaths.above(path("/srv/begin/file"), path("/in/file"))).isNull();
    }

    @Test
    void aDeletedFileIsBelowTheSameRoot() {
        assertThat(MountPaths.above(path("/srv/in/file (deleted)"), path("/in/file (deleted)"))).isEqualTo(path("/srv"));
        assertThat(MountPaths.above(path("/srv (deleted)"), path("/ (deleted)"))).isEqualTo(path("/srv (deleted)"));
    }

    @Test
    void pathsBelowAMountPointBeginThere() {
        assertThat(MountPaths.below(path("/mnt/in/file"), path("/mnt"))).isEqualTo(path("/in/file"));
        assertThat(MountPaths.below(path("/mnt"), path("/mnt"))).isEqualTo(path("/"));
        assertThat(MountPaths.below(path("/mnt (deleted)"), path("/mnt"))).isEqualTo(path("/ (deleted)"));
        assertThat(MountPaths.below(path("/mntother"), path("/mnt"))).isNull();
        assertThat(MountPaths.below(path("/in/file"), path("/"))).isEqualTo(path("/in/file"));
        assertThat(MountPaths.below(path("/in/file"), null)).isEqualTo(path("/in/file"));
        assertThat(MountPaths.below(path("pipe:[1]"), null)).isNull();
    }

    @Property
    void aboveUndoesWhatStandsAbove(@ForAll @AlphaChars @StringLength(min = 1, max = 9) String root,
            @ForAll @AlphaChars @StringLength(min = 1, max = 9) String below) {
        assertThat(MountPaths.above(path("/" + root + "/" + below), path("/" + below))).isEqualTo(path("/" + root));
        assertThat(MountPaths.below(path("/" + root + "/" + below), path("/" + root))).isEqualTo(path("/" + below));
    }
}
