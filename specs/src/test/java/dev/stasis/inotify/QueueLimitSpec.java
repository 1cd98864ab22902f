package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many events an instance takes was settled when it was made, whatever the setting is when it is dumped. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class QueueLimitSpec {
    private static final String LIMIT = "fs.inotify.max_queued_events";

    private static Path watched(Watcher watcher, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        for (String name : new String[] {"a", "b"}) {
            watcher.watch(Files.createFile(directory.resolve(name)), EventMask.ATTRIB);
        }
        return directory;
    }

    private static void change(Path directory, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            Files.setLastModifiedTime(directory.resolve(i % 2 == 0 ? "a" : "b"), FileTime.fromMillis(i));
        }
    }

    private static Watcher watcher(int limit, Stasis stasis, Sandbox sandbox) throws Exception {
        try (Sysctl made = Sysctl.set(LIMIT, String.valueOf(limit))) {
            return new Watcher(stasis, sandbox);
        }
    }

    @ParameterizedTest
    @CsvSource({"LOOKING, 20000", "EMPTYING, 20000", "EMPTYING, 9000"})
    void aProgramThatRunsOnKeepsWhatWaitsAndItsLimit(Watcher.Reading reading, int limit, Stasis stasis, Sandbox sandbox)
            throws Exception {
        Watcher watcher = watcher(limit, stasis, sandbox).thatIsRead(reading).withUndisturbedTwin();
        Path directory = watched(watcher, sandbox);
        change(directory, 101);
        watcher.dump(Afterwards.LEAVE_RUNNING);
        change(directory, limit);
        var expected = watcher.readTwin();
        assertThat(expected).hasSize(limit + 1);
        assertThat(Watcher.comparable(watcher.read()).equals(Watcher.comparable(expected))).isTrue();
    }

    @Test
    void whatIsTooMuchForAnInstanceOfTheRestoringMachineIsRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = watcher(20_000, stasis, sandbox);
        Path directory = watched(watcher, sandbox);
        change(directory, 17_001);
        Path image = watcher.dump(Afterwards.KILL);
        assertThatThrownBy(() -> watcher.restore(image)).hasMessageContaining(LIMIT + " to at least 17002");
        try (Sysctl raised = Sysctl.set(LIMIT, "17002")) {
            watcher.restore(image);
        }
        assertThat(watcher.read().equals(watcher.twinBefore())).isTrue();
    }
}
