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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A name may be that of a file and then that of a directory, while the program is told of one half of what happens. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class NamesThatChangeTheirKindSpec {

    private static void happen(Path directory) throws Exception {
        Path name = directory.resolve("name");
        Files.writeString(name, "x");
        Files.move(name, directory.resolveSibling("away" + System.nanoTime()));
        Files.createDirectory(name);
        Files.delete(name);
        Files.writeString(name, "x");
        Files.delete(name);
        Files.writeString(directory.resolve("last" + System.nanoTime()), "x");
    }

    private static Watcher watcher(Watcher.Reading reading, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        Watcher watcher = new Watcher(stasis, sandbox).thatIsRead(reading);
        watcher.watch(directory, EventMask.CLOSE_WRITE.with(EventMask.DELETE));
        happen(directory);
        return watcher;
    }

    @ParameterizedTest
    @EnumSource(Watcher.Reading.class)
    void itsEventsComeBack(Watcher.Reading reading, Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = watcher(reading, stasis, sandbox);
        var expected = watcher.throughDeath();
        assertThat(expected).hasSize(5);
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(expected));
    }

    @ParameterizedTest
    @EnumSource(Watcher.Reading.class)
    void itsEventsStayInAProgramThatRunsOn(Watcher.Reading reading, Stasis stasis, Sandbox sandbox) throws Exception {
        Watcher watcher = watcher(reading, stasis, sandbox);
        watcher.dump(Afterwards.LEAVE_RUNNING);
        assertThat(Watcher.comparable(watcher.read())).isEqualTo(Watcher.comparable(watcher.twinBefore()));
    }
}
