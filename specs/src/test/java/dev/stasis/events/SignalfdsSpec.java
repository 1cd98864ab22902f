package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Signalfds come back with their set of signals, and whoever reads one reads the signals that waited for him. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SignalfdsSpec {
    private static final int NONBLOCK = 0x800;
    private static final int EAGAIN = 11;
    private static final int SIGUSR1 = 10;
    private static final int SIGNAL_INFO = 128;

    /** Python that makes signalfds, and reads them: signal, code, sender and value. */
    private static final String SIGNALS = """
            def signalfd(*signals):
                return libc.signalfd(-1, struct.pack('16Q', sum(1 << s - 1 for s in signals), *[0] * 15), 0)
            def take(fd):
                info = os.read(fd, 128)
                number, _, code, pid = struct.unpack_from('IiiI', info)
                return number, code, pid == os.getpid(), struct.unpack_from('i', info, 44)[0]
            """;

    private static int signalfd(Puppet puppet, long mask, int flags) {
        RemoteAddress set = puppet.calls().lend(8);
        puppet.memory().writeLong(set, mask);
        return (int) puppet.call(SyscallNumber.SIGNALFD4, -1, set.value(), 8, flags);
    }

    @Test
    void setFlagsAndDuplicatesComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int signals = signalfd(puppet, 0x8000_0000_0000_4002L, NONBLOCK);
        int copy = (int) puppet.call(SyscallNumber.DUP, signals);
        int none = signalfd(puppet, 0, 0);
        puppet.call(SyscallNumber.FCNTL, signals, 2, 1);
        String before = EventCycle.info(puppet.pid(), signals) + EventCycle.info(puppet.pid(), copy) + EventCycle.info(puppet.pid(), none);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(EventCycle.info(back.pid(), signals) + EventCycle.info(back.pid(), copy) + EventCycle.info(back.pid(), none))
                .isEqualTo(before);
        assertThat(ProcessCalls.isSameFile(new RemoteFd(back.pid(), signals), new RemoteFd(back.pid(), copy))).isTrue();
    }

    @Test
    void aSignalThatWaitsIsReadOnceAfterTheRestore(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(1L << SIGUSR1 - 1);
        int signals = signalfd(puppet, 1L << SIGUSR1 - 1, NONBLOCK);
        puppet.call(SyscallNumber.KILL, puppet.pid().number(), SIGUSR1);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        RemoteAddress info = back.calls().lend(SIGNAL_INFO);
        assertThat(back.call(SyscallNumber.READ, signals, info.value(), SIGNAL_INFO)).isEqualTo(SIGNAL_INFO);
        assertThat((int) back.memory().readLong(info)).isEqualTo(SIGUSR1);
        assertThat(back.calls().tryCall(SyscallNumber.READ, signals, info.value(), SIGNAL_INFO)).isEqualTo(-EAGAIN);
    }

    @Test
    void aDumpThatLeavesTheTreeRunningTakesNoSignal(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(1L << SIGUSR1 - 1);
        int signals = signalfd(puppet, 1L << SIGUSR1 - 1, NONBLOCK);
        puppet.call(SyscallNumber.KILL, puppet.pid().number(), SIGUSR1);

        Puppet on = new EventCycle(stasis, sandbox).leaveRunning(puppet);

        RemoteAddress info = on.calls().lend(SIGNAL_INFO);
        assertThat(on.call(SyscallNumber.READ, signals, info.value(), SIGNAL_INFO)).isEqualTo(SIGNAL_INFO);
    }

    /** Sender, code and value are read as they were sent. */
    @Test
    void queuedSignalsAreReadInOrderWithTheirValues(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(SIGNALS + """
                signal.pthread_sigmask(signal.SIG_BLOCK, [40, signal.SIGTERM])
                fd = signalfd(40, signal.SIGTERM)
                for value in 7, 8, 9: libc.sigqueue(os.getpid(), 40, ctypes.c_void_p(value))
                os.kill(os.getpid(), signal.SIGTERM)
                say('ready')
                await_file('go')
                say(*[take(fd) for i in range(4)])
                signal.pause()
                """);

        cycle.throughDeath(program);

        cycle.give("go");
        cycle.awaitWord("(15, 0, True, 0) (40, -1, True, 7) (40, -1, True, 8) (40, -1, True, 9)");
    }

    @Test
    void threadsThatWaitGoOnWaiting(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(SIGNALS + """
                signal.pthread_sigmask(signal.SIG_BLOCK, [40, 41])
                one, other = signalfd(40), signalfd(41)
                def reader(): say('read', take(one)[0])
                def poller():
                    poll = select.poll(); poll.register(other, select.POLLIN); say('polled', poll.poll())
                start(reader); start(poller)
                say('ready')
                signal.pause()
                """, SyscallNumber.READ, SyscallNumber.POLL);

        Program back = cycle.throughDeath(program);

        assertThat(cycle.said()).containsExactly("ready");
        back.signal(40);
        cycle.awaitWord("read 40");
        back.signal(41);
        cycle.awaitWord("polled [(4, 1)]");
    }

    /** CRIU's own decoder reads them, with CRIU's names. */
    @Test
    void critShowsThem(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        signalfd(puppet, 0x4002, 0);
        puppet.letGo();
        new EventCycle(stasis, sandbox).dumpAndLeave(puppet.program());
        String files = Command.run(Program.find("crit").toString(), "decode", "--pretty", "-i", sandbox.path("image/files.img").toString());
        assertThat(files).contains("\"type\": \"SIGNALFD\"").contains("\"sigmask\": \"0x4002\"");
    }
}
