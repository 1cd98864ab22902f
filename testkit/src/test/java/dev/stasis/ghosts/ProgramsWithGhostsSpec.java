package dev.stasis.ghosts;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs do with deleted files in earnest goes on after their death. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithGhostsSpec {

    @Test
    void pythonsTemporaryFilesComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        GhostCycle cycle = new GhostCycle(stasis, sandbox);
        Program program = cycle.start(Files.createDirectory(sandbox.path("folder")), """
                import tempfile
                one = tempfile.TemporaryFile(dir='.'); one.write(b'first'); one.flush()
                two = tempfile.NamedTemporaryFile(dir='.', delete=False); two.write(b'second'); two.flush(); os.unlink(two.name)""", """
                one.write(b' and more'); one.seek(0); assert one.read() == b'first and more'
                two.seek(0); assert two.read() == b'second'""");
        cycle.then(cycle.throughDeath(program));
    }

    @Test
    void aScriptThatWasDeletedWhileBashRunsItRunsOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Path script = Files.writeString(sandbox.path("script"),
                "read line < fifo\necho $line > result\n" + "# padding\n".repeat(2000) + "echo end >> result\n");
        Command.run("mkfifo", sandbox.path("fifo").toString());
        Program bash = sandbox.start("bash", script.toString());
        Await.until("it waits for a writer", () -> bash.systemCall().equals(Optional.of(257)));
        Files.delete(script);
        new GhostCycle(stasis, sandbox).throughDeath(bash);
        Files.writeString(sandbox.path("fifo"), "heard\n");
        Await.until("the script ends", () -> {
            try {
                return Files.exists(sandbox.path("result")) && Files.readString(sandbox.path("result")).equals("heard\nend\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
