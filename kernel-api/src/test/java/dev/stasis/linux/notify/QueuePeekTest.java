package dev.stasis.linux.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueuePeekTest {
    private static final UnixPath LIMIT = UnixPath.of("/proc/sys/fs/inotify/max_queued_events");

    @TempDir
    private Path directory;

    private final QueuePeek peek = QueuePeek.open();
    private final Fd instance = InotifyCalls.create(OpenFlags.NONBLOCK);

    @BeforeEach
    void watch() {
        InotifyCalls.watch(instance, UnixPath.of(directory.toString()), EventMask.ALL_EVENTS);
    }

    @AfterEach
    void close() {
        instance.close();
        peek.close();
    }

    private List<InotifyEvent> read() {
        NativeMemory memory = NativeMemory.allocate(InotifyCalls.pending(instance) + 4096);
        return InotifyEvent.parse(memory.get(0, InotifyCalls.read(instance, memory, memory.size())));
    }

    private static int limit() {
        try (Fd file = FileCalls.open(LIMIT, OpenFlags.RDONLY, 0)) {
            return Integer.parseInt(new String(FileCalls.read(file, 16), StandardCharsets.US_ASCII).strip());
        }
    }

    private void happen(String name) throws Exception {
        Path file = Files.createFile(directory.resolve(name));
        Files.move(file, directory.resolve("moved"));
        Files.delete(directory.resolve("moved"));
        Files.delete(Files.createDirectory(directory.resolve("inner")));
    }

    @Test
    void whatIsSeenIsWhatIsReadAfterwards() throws Exception {
        happen("n".repeat(255));
        happen("exactly15chars_");
        happen("\u00fc");
        int pending = InotifyCalls.pending(instance);
        QueuePeek.Look look = peek.look(instance).orElseThrow();
        assertThat(look.size()).isEqualTo(pending).isEqualTo(InotifyCalls.pending(instance));
        assertThat(look.events()).hasSize(24).isEqualTo(read());
    }

    @Test
    void theLastEventsAreSeenFromBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            happen("file" + i);
        }
        List<InotifyEvent> none = peek.last(instance, 0);
        List<InotifyEvent> some = peek.last(instance, 33);
        List<InotifyEvent> all = peek.last(instance, 10_000);
        List<InotifyEvent> read = read();
        assertThat(none).isEmpty();
        assertThat(some).isEqualTo(read.subList(read.size() - 33, read.size()));
        assertThat(all).isEqualTo(read);
    }

    @Test
    void theLimitOfTheInstanceIsSeen() {
        assertThat(peek.limit(instance)).isEqualTo(limit());
    }

    @Test
    void anEmptyQueueIsSeenToBeEmpty() {
        assertThat(peek.look(instance).orElseThrow().events()).isEmpty();
    }

    @Test
    void aSecondLookSeesWhatCameSince() throws Exception {
        QueuePeek.Look none = peek.look(instance).orElseThrow();
        happen("first");
        QueuePeek.Look first = peek.lookAgain(instance, none).orElseThrow();
        QueuePeek.Look nothingNew = peek.lookAgain(instance, first).orElseThrow();
        happen("second");
        QueuePeek.Look second = peek.lookAgain(instance, nothingNew).orElseThrow();
        assertThat(nothingNew.events()).isEmpty();
        List<InotifyEvent> all = new ArrayList<>(first.events());
        all.addAll(second.events());
        assertThat(all).isEqualTo(read());
    }

    @Test
    void aQueueThatOverflowedIsSeenWhole() throws Exception {
        int limit = limit();
        for (int i = 0; i < limit / 4 + 1; i++) {
            Files.createFile(directory.resolve("file" + i));
            Files.delete(directory.resolve("file" + i));
        }
        QueuePeek.Look look = peek.look(instance).orElseThrow();
        assertThat(look.events()).hasSize(limit + 1);
        assertThat(look.events().get(limit).isOverflow()).isTrue();
        List<InotifyEvent> read = new ArrayList<>();
        while (InotifyCalls.pending(instance) > 0) {
            read.addAll(read());
        }
        assertThat(look.events().equals(read)).isTrue();
    }

    @Test
    void whatSomebodyElseReadMeanwhileDoesNotFit() throws Exception {
        happen("file");
        QueuePeek.Look look = peek.look(instance).orElseThrow();
        read();
        assertThat(peek.lookAgain(instance, look)).isEmpty();
        assertThat(peek.look(instance).orElseThrow().events()).isEmpty();
    }

    @Test
    void theNumberOfTheNextWatchIsSeen() {
        assertThat(peek.look(instance).orElseThrow().next()).isEqualTo(new WatchDescriptor(2));
        InotifyCalls.next(instance, new WatchDescriptor(4711));
        assertThat(peek.look(instance).orElseThrow().next()).isEqualTo(new WatchDescriptor(4711));
        try (Fd fresh = InotifyCalls.create(OpenFlags.NONBLOCK)) {
            assertThat(peek.look(fresh).orElseThrow().next()).isEqualTo(new WatchDescriptor(1));
        }
    }

    @Test
    void eventsThatComeWhileItLooksDoNotMislead() throws Exception {
        Thread other = new Thread(() -> {
            for (int i = 0; i < 2000; i++) {
                try {
                    happen("file" + i);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        other.start();
        List<InotifyEvent> seen = new ArrayList<>();
        QueuePeek.Look look = peek.look(instance).orElseThrow();
        seen.addAll(look.events());
        while (other.isAlive()) {
            look = peek.lookAgain(instance, look).orElseThrow();
            seen.addAll(look.events());
        }
        other.join();
        seen.addAll(peek.lookAgain(instance, look).orElseThrow().events());
        List<InotifyEvent> read = new ArrayList<>();
        while (InotifyCalls.pending(instance) > 0) {
            read.addAll(read());
        }
        assertThat(seen.equals(read)).isTrue();
    }
}
