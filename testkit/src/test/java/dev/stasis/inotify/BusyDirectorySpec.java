package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that runs on reads what others did while it was dumped, each event once and in order. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class BusyDirectorySpec {

    @RepeatedTest(3)
    void whatOthersDoDuringADumpIsReadInOrder(Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Watcher watcher = new Watcher(stasis, sandbox).withUndisturbedTwin();
        watcher.watch(directory, EventMask.CREATE.with(EventMask.DELETE).with(EventMask.MOVED_FROM).with(EventMask.MOVED_TO));
        Files.createFile(directory.resolve("before"));
        AtomicBoolean stop = new AtomicBoolean();
        Thread others = new Thread(() -> change(directory, stop));
        others.start();
        watcher.dump(Afterwards.LEAVE_RUNNING);
        stop.set(true);
        others.join();
        List<String> read = Watcher.comparable(watcher.read());
        List<String> expected = Watcher.comparable(watcher.readTwin());
        int lost = overflow(read);
        if (lost < 0) {
            assertThat(read).isEqualTo(expected);
        } else {
            assertThat(read.subList(0, lost)).isEqualTo(expected.subList(0, lost));
        }
    }

    private static int overflow(List<String> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).startsWith("wd -1")) {
                return i;
            }
        }
        return -1;
    }

    private static void change(Path directory, AtomicBoolean stop) {
        try {
            for (int i = 0; !stop.get() && i < 3000; i++) {
                Files.createFile(directory.resolve("f" + i));
                if (i % 3 == 0) {
                    Files.move(directory.resolve("f" + i), directory.resolve("g" + i));
                }
                if (i % 5 == 0) {
                    Thread.sleep(20);
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
