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

    private static void again(EventCycle cycle, Program program, Afterwards afterwards) {
        if (afterwards == Afterwards.KILL) {
            cycle.throughDeath(program);
        } else {
            cycle.dumpAndLeave(program);
        }
    }
}
