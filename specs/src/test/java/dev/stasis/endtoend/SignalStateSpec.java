package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.KILL;
import static dev.stasis.linux.SyscallNumber.RT_SIGACTION;
import static dev.stasis.linux.SyscallNumber.RT_SIGQUEUEINFO;
import static dev.stasis.linux.SyscallNumber.RT_SIGTIMEDWAIT;
import static dev.stasis.linux.SyscallNumber.RT_TGSIGQUEUEINFO;
import static dev.stasis.linux.SyscallNumber.SIGALTSTACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Actions, masks, alternate stacks and pending signals come back with the process. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SignalStateSpec {
    private static final int SIGUSR1 = 10;
    private static final int SIGUSR2 = 12;
    private static final int SIGTRAP = 5;
    private static final int REAL_TIME = 40;
    private static final int SI_QUEUE = -1;
    private static final long SA_SIGINFO_RESTORER_ONSTACK = 4 | 0x04000000 | 0x08000000;
    private static final int SET_SIZE = 8;

    @Test
    void actionsWithFlagsRestorerAndMask(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        long[] handler = {0x1234000, SA_SIGINFO_RESTORER_ONSTACK, 0x5678000, 0xf0f0};
        long[] ignore = {1, 0, 0, 0};
        for (int signal : new int[] {SIGUSR1, REAL_TIME, 64}) {
            puppet.call(RT_SIGACTION, signal, lent(puppet, handler), 0, SET_SIZE);
        }
        puppet.call(RT_SIGACTION, SIGUSR2, lent(puppet, ignore), 0, SET_SIZE);
        puppet.call(RT_SIGACTION, SIGTRAP, lent(puppet, ignore), 0, SET_SIZE);

        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(action(back, SIGUSR1)).isEqualTo(handler);
        assertThat(action(back, REAL_TIME)).isEqualTo(handler);
        assertThat(action(back, 64)).isEqualTo(handler);
        assertThat(action(back, SIGUSR2)[0]).isEqualTo(1);
        assertThat(action(back, SIGTRAP)[0]).isEqualTo(1);
        assertThat(action(back, 1)[0]).isZero();
    }

    @Test
    void theBlockedSignals(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(0x7000000000000a00L);
        assertThat(new Cycle(stasis, sandbox).throughDeath(puppet).blockedSignals()).isEqualTo(0x7000000000000a00L);
    }

    @Test
    void theAlternateStack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress stack = puppet.map(1 << 16, 3, 0x22);
        puppet.call(SIGALTSTACK, lent(puppet, stack.value(), 0, 1 << 16), 0);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        RemoteAddress old = back.calls().lend(24);
        back.call(SIGALTSTACK, 0, old.value());
        assertThat(Bytes.toLongs(back.calls().read(old, 24))).containsExactly(stack.value(), 0, 1 << 16);
    }

    @Test
    void pendingSignalsOfProcessAndThreadInTheirOrderWithTheirValues(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(-1L);
        int pid = puppet.pid().number();
        for (int value = 1; value <= 3; value++) {
            puppet.call(RT_SIGQUEUEINFO, pid, REAL_TIME, puppet.calls().lend(queued(pid, value)).value());
        }
        puppet.call(RT_TGSIGQUEUEINFO, pid, pid, REAL_TIME, puppet.calls().lend(queued(pid, 77)).value());
        puppet.call(KILL, pid, SIGUSR1);

        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(take(back)).as("the thread's own").containsExactly(REAL_TIME, SI_QUEUE, pid, 77);
        assertThat(take(back)).as("then the process's").containsExactly(SIGUSR1, 0, pid, 0);
        for (int value = 1; value <= 3; value++) {
            assertThat(take(back)).containsExactly(REAL_TIME, SI_QUEUE, pid, value);
        }
        assertThat(back.calls().tryCall(RT_SIGTIMEDWAIT, lent(back, -1L), 0, lent(back, 0, 0), SET_SIZE)).isEqualTo(-11);
    }

    private static long lent(Puppet puppet, long... values) {
        return puppet.calls().lend(Bytes.longs(values)).value();
    }

    private static long[] action(Puppet puppet, int signal) {
        RemoteAddress old = puppet.calls().lend(32);
        puppet.call(RT_SIGACTION, signal, 0, old.value(), SET_SIZE);
        return Bytes.toLongs(puppet.calls().read(old, 32));
    }

    private static byte[] queued(int pid, int value) {
        byte[] info = new byte[128];
        ByteBuffer.wrap(info).order(ByteOrder.LITTLE_ENDIAN).putInt(0, REAL_TIME).putInt(8, SI_QUEUE).putInt(16, pid)
                .putInt(24, value);
        return info;
    }

    /** Takes the next pending signal: its number, code, sender and value. */
    private static int[] take(Puppet puppet) {
        RemoteAddress info = puppet.calls().lend(128);
        int signal = (int) puppet.call(RT_SIGTIMEDWAIT, lent(puppet, -1L), info.value(), lent(puppet, 0, 0), SET_SIZE);
        ByteBuffer bytes = ByteBuffer.wrap(puppet.calls().read(info, 128)).order(ByteOrder.LITTLE_ENDIAN);
        return new int[] {signal, bytes.getInt(8), bytes.getInt(16), bytes.getInt(24)};
    }
}
