package dev.stasis.plugins.detachedmounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToldRootTest {

    private static MountEntry mount(String root, String point) {
        String line = "40 30 254:1 " + root + " " + point + " rw,relatime - ext4 /dev/vdb rw\n";
        return Mounts.parse(line.getBytes(StandardCharsets.US_ASCII)).entries().get(0);
    }

    private static ToldRoot told(String path) {
        return new ToldRoot(Optional.of(UnixPath.of(path)));
    }

    @ParameterizedTest
    @CsvSource({"/, /, /srv/tree, /srv/tree", "/, /mnt, /srv/tree, /mnt/srv/tree", "/srv, /mnt, /srv/tree, /mnt/tree",
            "/srv/tree, /mnt, /srv/tree, /mnt", "/, /, /, /", "/, /mnt, /, /mnt"})
    void theRootOnAMountIsThatMuchBelowItsPoint(String root, String point, String told, String path) {
        assertThat(told(told).on(mount(root, point))).contains(UnixPath.of(path));
        assertThat(told(told).agrees(UnixPath.of(path), mount(root, point))).isTrue();
    }

    @Test
    void aMountOfAnotherPartDoesNotShowIt() {
        assertThat(told("/srv/tree").on(mount("/srv/other", "/mnt"))).isEmpty();
        assertThat(told("/srv/tree").on(mount("/srv/tr", "/mnt"))).isEmpty();
    }

    @Test
    void anotherRootIsDisputed() {
        assertThat(told("/srv/tree").agrees(UnixPath.of("/mnt/a"), mount("/srv", "/mnt"))).isFalse();
    }

    @Test
    void whereNothingIsToldAllAgrees() {
        ToldRoot nothing = new ToldRoot(Optional.empty());
        assertThat(nothing.agrees(UnixPath.of("/anything"), mount("/", "/"))).isTrue();
        assertThat(nothing.on(mount("/", "/"))).isEmpty();
    }
}
