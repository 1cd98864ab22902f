package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that wait for epoll instances go on waiting, and never hear of a signal that there was none of (EINTR). */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class EpollWaitsSpec {

    private static final int SIGUSR1 = 10;
    private static final String WAITS = EpollProgram.PRELUDE + """
            def waiter(name, number, *arguments):
                ep = instance(); add(ep, r, IN, 7); room = ctypes.create_string_buffer(64)
                def run():
                    count = libc.syscall(number, ep, room, 4, *arguments)
                    say(name, count, os.strerror(ctypes.get_errno()) if count < 0 else '')
                start(run)
            r, w = os.pipe(); none = ctypes.c_void_p()
            usr1 = ctypes.create_string_buffer(struct.pack('Q', 1 << 9))
            """;

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void untilSomethingIsReady(Afterwards afterwards, Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(WAITS + """
                long = ctypes.create_string_buffer(struct.pack('QQ', 3600, 0))
                waiter('wait', 232, -1); waiter('timed wait', 232, 3600000)
                waiter('pwait', 281, -1, usr1, ctypes.c_size_t(8)); waiter('pwait2', 441, long, none, ctypes.c_size_t(8))
                say('ready'); await_file('go'); os.write(w, b'x'); signal.pause()
                """, SyscallNumber.EPOLL_WAIT, SyscallNumber.EPOLL_PWAIT, SyscallNumber.EPOLL_PWAIT2);
        again(cycle, program, afterwards);
        assertThat(cycle.said()).containsExactly("ready");
        cycle.give("go");
        for (String name : new String[] {"wait", "timed wait", "pwait", "pwait2"}) {
            cycle.awaitWord(name + " 1 ");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void untilTheirTimeIsOver(Afterwards afterwards, Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(WAITS + """
                soon = ctypes.create_string_buffer(struct.pack('QQ', 3, 0))
                waiter('wait', 232, 3000); waiter('pwait', 281, 3000, none, ctypes.c_size_t(8))
                waiter('pwait2', 441, soon, usr1, ctypes.c_size_t(8))
                say('ready'); signal.pause()
                """, SyscallNumber.EPOLL_WAIT, SyscallNumber.EPOLL_PWAIT, SyscallNumber.EPOLL_PWAIT2);
        again(cycle, program, afterwards);
        for (String name : new String[] {"wait", "pwait", "pwait2"}) {
            cycle.awaitWord(name + " 0 ");
        }
    }

    /** An item on a signalfd waits for signals of who added it, not of who waits. */
    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void forSignals(Afterwards afterwards, Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(WAITS + """
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH])
                def signals(*of):
                    mask = ctypes.create_string_buffer(struct.pack('Q', sum(1 << (each - 1) for each in of)))
                    return libc.syscall(289, -1, mask, ctypes.c_size_t(8), os.O_NONBLOCK)
                ep, outer = instance(), instance(); one, closed, two = signals(10), signals(12), signals(28)
                add(ep, one, IN | EDGE, 1); add(ep, closed, IN, 2); add(outer, ep, IN, 3); add(ep, two, IN | ONESHOT, 4)
                kept = os.dup(closed); os.close(closed); before = items(ep)
                def run():
                    say(wait(outer, -1)); say(wait(ep), wait(ep))
                    os.read(one, 128); os.kill(os.getpid(), 12); os.kill(os.getpid(), 28); say(wait(ep, 5000))
                    os.read(kept, 128); os.read(two, 128); os.kill(os.getpid(), 28); say(wait(ep), items(ep) != before)
                start(run)
                say('ready'); signal.pause()
                """, SyscallNumber.EPOLL_WAIT);
        again(cycle, program, afterwards).signal(SIGUSR1);
        cycle.awaitWord("[(3, 1)]");
        cycle.awaitWord("[(1, 1)] []");
        cycle.awaitWord("[(2, 1), (4, 1)]");
        cycle.awaitWord("[] True");
    }

    private static Program again(EventCycle cycle, Program program, Afterwards afterwards) {
        if (afterwards == Afterwards.KILL) {
            return cycle.throughDeath(program);
        }
        cycle.dumpAndLeave(program);
        return program;
    }
}
