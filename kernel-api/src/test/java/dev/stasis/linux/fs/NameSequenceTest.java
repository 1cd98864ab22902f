package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameSequenceTest {
    private static final UnixPath NAME = UnixPath.of("name");
    private static final UnixPath OTHER = UnixPath.of("other");
    private static final int FILE = 0100600;
    private static final DeviceNumber NONE = DeviceNumber.ofKernelEncoding(0);

    @TempDir
    private Path directory;

    private Fd directory() {
        return FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0);
    }

    private static String link(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())).toString();
    }

    @Test
    void aNameThatIsTakenAwayAtOnceIsShownForEver() throws Exception {
        NameSequence sequence = new NameSequence();
        try (Fd here = directory()) {
            sequence.node(here, NAME, FILE, NONE);
            NameSequence.Step find = sequence.find(here, NAME);
            sequence.unlink(here, NAME);
            sequence.run();
            try (Fd file = find.descriptor()) {
                assertThat(link(file)).isEqualTo(directory.toRealPath() + "/name (deleted)");
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFailureEndsItOrLeadsElsewhere() throws Exception {
        Files.createFile(directory.resolve("name"));
        NameSequence sequence = new NameSequence();
        try (Fd here = directory()) {
            NameSequence.Step taken = sequence.node(here, NAME, FILE, NONE);
            NameSequence.Step skipped = sequence.unlink(here, NAME);
            NameSequence.Step elsewhere = sequence.directory(here, OTHER, 0700);
            taken.onFailure(elsewhere);
            NameSequence.Step missing = sequence.unlink(here, UnixPath.of("missing")).whatever();
            NameSequence.Step done = sequence.rename(here, OTHER, UnixPath.of("renamed")).then(sequence.mark());
            sequence.removeDirectory(here, OTHER);
            NameSequence.Step last = sequence.exchange(here, NAME, NAME);
            sequence.run();
            assertThat(taken.failedWith(Errno.EEXIST)).isTrue();
            assertThat(skipped.isDone()).isFalse();
            assertThat(skipped.failure()).isNull();
            assertThat(missing.failure()).hasMessage("unlinkat(missing): ENOENT");
            assertThat(done.isDone()).isTrue();
            assertThat(last.isDone()).isFalse();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("name", "renamed");
        }
    }

    @Test
    void linksToWhatIsOpenAndToNames() {
        NameSequence sequence = new NameSequence();
        OpenFlags unnamed = OpenFlags.TMPFILE.with(OpenFlags.RDWR);
        try (Fd here = directory(); Fd file = FileCalls.openAt(here, UnixPath.of("."), unnamed, 0600)) {
            sequence.link(file, here, NAME);
            sequence.link(here, NAME, here, OTHER);
            NameSequence.Step free = sequence.renameToFree(here, OTHER, NAME).whatever();
            sequence.symbolicLink(NAME, here, UnixPath.of("symbolic"));
            sequence.run();
            assertThat(free.failedWith(Errno.EEXIST)).isTrue();
            assertThat(FileCalls.status(file).links()).isEqualTo(2);
        }
        assertThat(directory.resolve("symbolic")).isSymbolicLink();
    }
}
