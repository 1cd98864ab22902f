package dev.stasis.linux.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkedInodesTest {
    @TempDir
    private Path directory;

    private final MarkedInodes inodes = MarkedInodes.tryOpen().orElseThrow();
    private final Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK);

    @AfterEach
    void close() {
        instance.close();
        inodes.close();
    }

    private static Fd open(Path path) {
        return FileCalls.open(UnixPath.of(path.toString()), OpenFlags.PATH, 0);
    }

    private void watch(Path path) {
        InotifyCalls.watch(instance, UnixPath.of(path.toString()), EventMask.ALL_EVENTS);
    }

    @Test
    void theyAreToldInTheOrderOfFdinfoWithNumbersOfWatches() throws Exception {
        for (int i = 0; i < 100; i++) {
            watch(Files.createFile(directory.resolve("f" + i)));
        }
        List<InotifyMark> told = InotifyMark.parse(ProcFile.read(ProcessCalls.self(), "fdinfo/" + instance.number()));
        List<MarkedInode> found = inodes.of(instance);
        assertThat(found).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(found.get(i).watch()).isEqualTo(told.get(i).watch().number());
            assertThat(found.get(i).number()).isEqualTo(told.get(i).inode());
        }
    }

    @Test
    void anInstanceWithoutWatchesHasNone() {
        assertThat(inodes.of(instance)).isEmpty();
    }

    @Test
    void aFileIsTheWatchedOneByWhateverName() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createLink(directory.resolve("link"), file);
        Path other = Files.createFile(directory.resolve("other"));
        watch(file);
        MarkedInode found = inodes.of(instance).get(0);
        try (Fd one = open(file); Fd two = open(link); Fd three = open(other)) {
            assertThat(inodes.is(one, found)).isTrue();
            assertThat(inodes.is(two, found)).isTrue();
            assertThat(inodes.is(three, found)).isFalse();
        }
    }

    /** It is a path in the file system: where in there the mount begins on which the test sees it is not told. */
    @Test
    void thePathIsToldHoweverDeepItIsAndAfterARename() throws Exception {
        String name = "n".repeat(255);
        Path deep = directory.resolve("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t").resolve(name);
        Files.createDirectories(deep);
        watch(deep);
        MarkedInode found = inodes.of(instance).get(0);
        assertThat(inodes.path(found).orElseThrow().toString()).endsWith(directory.getFileName() + "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/" + name);
        Files.move(directory.resolve("a/b"), directory.resolve("z"));
        assertThat(inodes.path(found).orElseThrow().toString()).endsWith(directory.getFileName() + "/z/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/" + name);
    }

    @Test
    void theRootOfAFileSystemIsToldAsSuch() {
        watch(Path.of("/proc"));
        watch(Path.of("/proc/sys/kernel/osrelease"));
        List<MarkedInode> found = inodes.of(instance);
        assertThat(inodes.path(found.get(1))).contains(UnixPath.of("/"));
        assertThat(inodes.path(found.get(0))).contains(UnixPath.of("/sys/kernel/osrelease"));
    }
}
