package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Descriptors of a kind that no plugin knows end a dump, all of them in one list, before anything is changed. */
@ExtendWith(SandboxExtension.class)
class UnclaimedDescriptorSpec {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    @Test
    void areRefusedInOneListWithKindAndReason(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int[] ends = pipe(puppet);
        long socket = puppet.call(SyscallNumber.SOCKET, AF_UNIX, SOCK_STREAM, 0);
        long epoll = puppet.call(SyscallNumber.EPOLL_CREATE1, 0);
        long event = puppet.call(SyscallNumber.EVENTFD2, 0, 0);
        long timer = puppet.call(SyscallNumber.TIMERFD_CREATE, 1, 0);
        puppet.letGo();

        List<Problem> problems = refusal(sandbox, puppet);

        assertProblem(problems, puppet, ends[0], "pipe:[");
        assertProblem(problems, puppet, ends[1], "pipe:[");
        assertProblem(problems, puppet, socket, "socket:[");
        assertProblem(problems, puppet, epoll, "anon_inode:[eventpoll]");
        assertProblem(problems, puppet, event, "anon_inode:[eventfd]");
        assertProblem(problems, puppet, timer, "anon_inode:[timerfd]");
    }

    @Test
    void thatShareAnOpenFileAreOneProblem(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        long event = puppet.call(SyscallNumber.EVENTFD2, 0, 0);
        puppet.call(SyscallNumber.DUP, event);
        puppet.letGo();

        assertThat(refusal(sandbox, puppet)).hasSize(1);
    }

    private static int[] pipe(Puppet puppet) {
        RemoteAddress ends = puppet.calls().lend(8);
        puppet.call(SyscallNumber.PIPE2, ends.value(), 0);
        long both = puppet.memory().readLong(ends);
        return new int[] {(int) both, (int) (both >>> 32)};
    }

    /** Dumps with the plugin for regular files alone; the puppet must not notice. */
    private static List<Problem> refusal(Sandbox sandbox, Puppet puppet) {
        ProcessSnapshot before = ProcessSnapshot.of(puppet.pid());
        StasisException refusal;
        try (Stasis stasis = Stasis.start(PluginJars.collect(sandbox.path("plugins"), "dev.stasis.regular-files"::equals),
                new RecordingLog())) {
            refusal = catchThrowableOfType(StasisException.class,
                    () -> stasis.dump(DumpRequest.of(puppet.pid(), sandbox.path("image")), Progress.NONE));
        }
        assertThat(refusal).as("the refusal").isNotNull();
        assertThat(before.differences(ProcessSnapshot.of(puppet.pid()), Tolerances.OF_A_REFUSAL)).isEmpty();
        assertThat(sandbox.path("image")).doesNotExist();
        return refusal.problems();
    }

    private static void assertProblem(List<Problem> problems, Puppet puppet, long fd, String target) {
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.subject()).contains("fd " + fd).contains(puppet.pid().toString());
            assertThat(problem.toString()).contains(target);
            assertThat(problem.help()).isNotEmpty();
        });
    }
}
