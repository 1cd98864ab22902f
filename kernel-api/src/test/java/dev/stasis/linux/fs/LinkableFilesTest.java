package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkableFilesTest {
    private static final OpenFlags NAMELESS = OpenFlags.TMPFILE.with(OpenFlags.RDWR);
    private static final UnixPath NAME = UnixPath.of("name");

    @TempDir
    private Path directory;

    private final LinkableFiles linkable = LinkableFiles.tryOpen().orElseThrow();

    @AfterEach
    void close() {
        linkable.close();
    }

    private Fd directory() {
        return FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0);
    }

    @Test
    void aFileWithoutANameMayBeGivenOneUnlessItWasMadeWithExcl() {
        try (Fd place = directory(); Fd file = FileCalls.openAt(place, UnixPath.of("."), NAMELESS, 0600);
                Fd exclusive = FileCalls.openAt(place, UnixPath.of("."), NAMELESS.with(OpenFlags.EXCL), 0600)) {
            assertThat(linkable.isLinkable(file)).isTrue();
            assertThat(linkable.isLinkable(exclusive)).isFalse();
            // and the kernel sees it likewise
            assertThat(NameCalls.tryLink(file, place, NAME)).isTrue();
            assertThatThrownBy(() -> NameCalls.tryLink(exclusive, place, UnixPath.of("other"))).hasMessageContaining("ENOENT");
        }
    }

    @Test
    void itMayNotBeGivenAnotherOnceItHadAName() throws Exception {
        try (Fd place = directory(); Fd file = FileCalls.openAt(place, UnixPath.of("."), NAMELESS, 0600)) {
            NameCalls.tryLink(file, place, NAME);
            Files.delete(directory.resolve(NAME.toString()));
            assertThat(linkable.isLinkable(file)).isFalse();
        }
    }

    @Test
    void whatWasWrittenToItAndHowItIsHeldSaysNothing() {
        try (Fd place = directory(); Fd file = FileCalls.openAt(place, UnixPath.of("."), NAMELESS, 0600);
                Fd pathOnly = FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), OpenFlags.PATH, 0)) {
            FileCalls.write(file, new byte[100_000]);
            assertThat(linkable.isLinkable(file)).isTrue();
            assertThat(linkable.isLinkable(pathOnly)).isTrue();
        }
    }
}
