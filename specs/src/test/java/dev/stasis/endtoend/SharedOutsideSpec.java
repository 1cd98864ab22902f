package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A shell and what it started write to one open file: neither may be torn from the other unnoticed. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SharedOutsideSpec {

    @Test
    void aFileThatAShellHasTooIsRefusedUnlessItIsAppendedTo(Stasis stasis, Sandbox sandbox) throws Exception {
        assertThatThrownBy(() -> dumpBelowAShell("7>shared", "one", stasis, sandbox)).hasMessageContaining("fd 1 of task")
                .hasMessageContaining("(bash) has as fd 7 the same open file, outside the tree");
        dumpBelowAShell("7>>shared", "other", stasis, sandbox);
    }

    private static void dumpBelowAShell(String redirection, String name, Stasis stasis, Sandbox sandbox) throws Exception {
        Program shell = sandbox.start("bash", "-c",
                "exec 3>/dev/null " + redirection + "; sleep 1000 </dev/null >&7 2>&7 7>&- & echo $! >" + name + "; wait");
        Await.until("the shell has started it", () -> sandbox.path(name).toFile().length() > 1);
        Pid pid = new Pid(Integer.parseInt(Files.readString(sandbox.path(name)).strip()));
        Program sleep = sandbox.own(Program.attach(pid));
        Await.until("it sleeps", () -> FileCalls.readLink(ProcFile.path(pid, "exe")).endsWith("/sleep")
                && sleep.systemCall().isPresent());
        stasis.dump(DumpRequest.of(pid, sandbox.path("image-" + name)), Progress.NONE);
        assertThat(sleep.isAlive()).isFalse();
        shell.awaitEnd();
    }
}
