package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dump, death and return of programs that hold pipes. */
final class PipeCycle {
    private PipeCycle() {}

    static Puppet throughDeath(Stasis stasis, Sandbox sandbox, Puppet puppet) {
        puppet.letGo();
        Program back = restore(stasis, sandbox, dumpAndKill(stasis, sandbox, puppet.program(), Map.of()), Map.of());
        Await.until("the puppet waits", () -> back.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
        return sandbox.own(Puppet.attach(back.pid()));
    }

    static Puppet leaveRunning(Stasis stasis, Sandbox sandbox, Puppet puppet) {
        puppet.letGo();
        stasis.dump(DumpRequest.of(puppet.pid(), sandbox.path("image")).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
        return sandbox.own(Puppet.attach(puppet.pid()));
    }

    static Path dumpAndKill(Stasis stasis, Sandbox sandbox, Program program, Map<String, List<String>> options) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(program.pid(), image).withAllPluginOptions(options), Progress.NONE);
        program.awaitEnd();
        return image;
    }

    static Program restore(Stasis stasis, Sandbox sandbox, Path image, Map<String, List<String>> options) {
        return sandbox.own(Program.attach(
                stasis.restore(RestoreRequest.of(image).withAllPluginOptions(options), Progress.NONE).root()));
    }

    /** Why {@code pid} cannot be dumped. */
    static List<Problem> refusedDump(Stasis stasis, Sandbox sandbox, Pid pid) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.dump(DumpRequest.of(pid, sandbox.path("image")), Progress.NONE));
        assertThat(refusal).as("the refusal").isNotNull();
        return refusal.problems();
    }

    /** Why {@code image} cannot be restored; nothing runs afterwards. */
    static List<Problem> refusedRestore(Stasis stasis, Path image, Map<String, List<String>> options) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.restore(RestoreRequest.of(image).withAllPluginOptions(options), Progress.NONE));
        assertThat(refusal).as("the refusal").isNotNull();
        return refusal.problems();
    }

    /** What descriptor {@code fd} of {@code puppet} refers to. */
    static FileStatus status(Puppet puppet, int fd) {
        return FileCalls.tryStatus(UnixPath.of("/proc/" + puppet.pid() + "/fd/" + fd)).orElseThrow();
    }
}
