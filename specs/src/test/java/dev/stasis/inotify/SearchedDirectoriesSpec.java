package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** On file systems without handles a dump itself reads watched directories; that is not seen, and nothing of others is lost by it. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class SearchedDirectoriesSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 3);
    private static final EventMask READING = EventMask.OPEN.with(EventMask.CLOSE_NOWRITE);

    @Test
    void directoriesThatOthersReadMeanwhileAreToldOf(Stasis stasis, Sandbox sandbox) throws Exception {
        Path top = Files.createDirectories(Disks.mount("overlay", sandbox).resolve("case"));
        for (int i = 0; i < 300; i++) {
            Files.createDirectory(top.resolve("a" + i));
        }
        Path watched = Files.createDirectories(top.resolve("z/watched"));
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(watched, READING);
        for (int round = 0; round < ROUNDS; round++) {
            long reads = readMeanwhile(watched, () -> watcher.dump(Afterwards.LEAVE_RUNNING));
            List<InotifyEvent> told = watcher.read();
            long opens = told.stream().filter(event -> event.mask().has(EventMask.OPEN)).count();
            assertThat(told).noneMatch(InotifyEvent::isOverflow);
            assertThat(opens).isEqualTo(reads);
        }
    }

    @Test
    void theSearchItselfIsNotSeen(Stasis stasis, Sandbox sandbox) throws Exception {
        Path top = Files.createDirectories(Disks.mount("overlay", sandbox).resolve("case"));
        Path watched = Files.createDirectories(top.resolve("z/watched"));
        for (int i = 0; i < 2_000; i++) {
            Files.createFile(watched.resolve("a file with a name that is not short at all " + i));
        }
        Watcher watcher = new Watcher(stasis, sandbox);
        watcher.watch(watched, EventMask.ALL_EVENTS);
        watcher.watch(watched.getParent(), EventMask.ALL_EVENTS);
        watcher.watch(Files.createDirectories(top.resolve("z/watched/last/of/all")), EventMask.ALL_EVENTS);
        watcher.read();
        watcher.readTwin();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(watcher.read()).isEmpty();
    }

    private static long readMeanwhile(Path directory, Runnable action) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        Thread reader = new Thread(() -> {
            while (!ended.get()) {
                String[] names = directory.toFile().list();
                reads.addAndGet(names == null ? 0 : 1);
                LockSupport.parkNanos(100_000);
            }
        }, "reader");
        reader.start();
        try {
            Await.until("it is read", () -> reads.get() > 0);
            action.run();
        } finally {
            ended.set(true);
            reader.join();
        }
        return reads.get();
    }
}
