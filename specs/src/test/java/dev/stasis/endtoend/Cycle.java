package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Dump, death and return, as most specifications need them. */
final class Cycle {
    private static final int SIGKILL = 9;

    private final Stasis stasis;
    private final Sandbox sandbox;

    Cycle(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
    }

    /** Dumps {@code program} into the new directory {@code image}, which kills it, and waits until its pid is free. */
    Path dumpAndKill(Program program, String image) {
        Path directory = sandbox.path(image);
        stasis.dump(DumpRequest.of(program.pid(), directory), Progress.NONE);
        program.awaitEnd().ifPresent(status -> assertThat(status.status()).isEqualTo(SIGKILL));
        assertThat(ProcessHandle.of(program.pid().number())).isEmpty();
        return directory;
    }

    /** Dumps {@code pid} into the new directory {@code image} and leaves it running. */
    Path dumpAndLeave(Pid pid, String image) {
        Path directory = sandbox.path(image);
        stasis.dump(DumpRequest.of(pid, directory).then(Afterwards.LEAVE_RUNNING), Progress.NONE);
        return directory;
    }

    /** Brings back what {@code image} holds. */
    Program restore(Path image) {
        RestoreReport report = stasis.restore(RestoreRequest.of(image), Progress.NONE);
        return sandbox.own(Program.attach(report.root()));
    }

    /** The whole way for a puppet: let go, dumped, killed, restored, as /proc tells unchanged, attached again. */
    Puppet throughDeath(Puppet puppet) {
        puppet.letGo();
        ProcessSnapshot before = ProcessSnapshot.of(puppet.pid());
        Program back = restore(dumpAndKill(puppet.program(), "image"));
        Await.until("the puppet waits", () -> back.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
        assertThat(before.differences(ProcessSnapshot.of(back.pid()), Tolerances.OF_A_RESTORE)).isEmpty();
        return sandbox.own(Puppet.attach(back.pid()));
    }

    /** The whole way: the program that comes back has the same pid and the same threads. */
    Program throughDeath(Program program) {
        List<Pid> threads = program.threads();
        Program back = restore(dumpAndKill(program, "image"));
        assertThat(back.pid()).isEqualTo(program.pid());
        assertThat(back.threads()).isEqualTo(threads);
        return back;
    }
}
