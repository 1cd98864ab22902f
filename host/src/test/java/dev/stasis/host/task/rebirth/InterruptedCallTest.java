package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import org.junit.jupiter.api.Test;

class InterruptedCallTest {

    @Test
    void codeThatWasNotInACallGoesOnAsItWas() {
        Registers frozen = frozen(-1, -4);
        assertThat(InterruptedCall.again(frozen)).isEqualTo(frozen);
    }

    @Test
    void aCallTheKernelRestartsByItselfIsLeftToIt() {
        Registers frozen = frozen(SyscallNumber.READ, -512);
        assertThat(InterruptedCall.again(frozen)).isEqualTo(frozen);
    }

    @Test
    void aSleepGoesOnWithTheRestOfItsTime() {
        Registers frozen = frozen(SyscallNumber.CLOCK_NANOSLEEP, -516).with(Name.RDX, 0x1000).with(Name.R10, 0x2000);
        Registers again = InterruptedCall.again(frozen);
        assertThat(again.get(Name.RDX)).isEqualTo(0x2000);
        assertThat(again.get(Name.RAX)).isEqualTo(-514);
    }

    @Test
    void aSleepThatAskedForNoRestSleepsAgain() {
        Registers frozen = frozen(SyscallNumber.NANOSLEEP, -516).with(Name.RDI, 0x1000);
        assertThat(InterruptedCall.again(frozen)).isEqualTo(frozen.with(Name.RAX, -514));
    }

    @Test
    void aWaitThatGaveUpByTheMereStopWaitsAgain() {
        assertThat(InterruptedCall.again(frozen(SyscallNumber.EPOLL_WAIT, -4)).get(Name.RAX)).isEqualTo(-514);
        assertThat(InterruptedCall.again(frozen(SyscallNumber.CONNECT, -4)).get(Name.RAX)).isEqualTo(-4);
    }

    private static Registers frozen(int call, long result) {
        return Registers.of(new long[Registers.COUNT]).with(Name.ORIG_RAX, call).with(Name.RAX, result);
    }
}
