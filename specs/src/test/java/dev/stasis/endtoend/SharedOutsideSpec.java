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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shell and what it started write to one open file: neither may be torn from the other unnoticed. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SharedOutsideSpec {

    @Test
    void aFileThatAShellHasTooIsRefusedUnlessItIsAppendedTo(Stasis stasis, Sandbox sandbox) throws Exception {
        assertThatThrownBy(() -> dumpBelowAShell("7>shared", "one", stasis, sandbox)).hasMessageContaining("fd 1 of task")
                .hasMessageContaining("(bash) has as fd 7 the same open file, outside the tree");
        dumpBelowAShell("7>>shared", "other", stasis, sandbox);
    }

    /** Of two relatives one is dumped: the memory that they have in common would be torn. Of both together it is kept. */
    @ParameterizedTest
    @ValueSource(strings = {"mmap.mmap(-1, 4096)", "mmap.mmap(os.memfd_create('m'), 4096)", "deleted()"})
    void memoryThatAParentHasMappedTooIsRefused(String memory, Stasis stasis, Sandbox sandbox) {
        Program parent = sandbox.start(Programs.python(), "-c", """
                import ctypes, mmap, os, signal
                def deleted():
                    fd = os.open('f', os.O_RDWR | os.O_CREAT); os.ftruncate(fd, 4096); os.unlink('f')
                    memory = mmap.mmap(fd, 4096); os.close(fd)
                    return memory
                def pages(): return %s if 'memfd' not in '%s' else memfd()
                def memfd():
                    fd = os.memfd_create('m'); os.ftruncate(fd, 4096); memory = mmap.mmap(fd, 4096); os.close(fd)
                    return memory
                shared = pages(); os.closerange(3, 20)
                if os.fork() == 0:
                    ctypes.CDLL(None).prctl(1, 9) # PR_SET_PDEATHSIG: it ends with its parent
                    open('ready', 'w').close()
                signal.pause()
                """.formatted(memory, memory.replace("'", "")));
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready")));
        Pid child = ProcFile.children(parent.pid()).get(0);
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(child, sandbox.path("image")), Progress.NONE))
                .hasMessageContaining("of task " + child).hasMessageContaining("process " + parent.pid() + " (python3")
                .hasMessageContaining("outside of the tree, has mapped the same memory");
        assertThat(sandbox.path("image")).doesNotExist();

        Program back = new TreeCycle(stasis, sandbox).throughDeath(parent);

        assertThat(back.isAlive()).isTrue();
        back.close();
        sandbox.awaitOrphans(left -> assertThat(left).isNull());
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
