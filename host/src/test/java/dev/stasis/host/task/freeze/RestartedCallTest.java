package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import org.junit.jupiter.api.Test;

class RestartedCallTest {
    private static final Registers RESTARTED = Registers.of(new long[Registers.COUNT])
            .with(Name.ORIG_RAX, SyscallNumber.RESTART_SYSCALL).with(Name.RAX, -516);
    private static final String SLEEP = "[<0>] do_syscall_64+0x71/0x280\n[<0>] entry_SYSCALL_64_after_hwframe+0x76/0x7e\n";

    @Test
    void onlyAnInterruptedRestartHidesAnotherCall() {
        assertThat(RestartedCall.hides(RESTARTED)).isTrue();
        assertThat(RestartedCall.hides(RESTARTED.with(Name.RAX, 0))).isFalse();
        assertThat(RestartedCall.hides(RESTARTED.with(Name.ORIG_RAX, SyscallNumber.NANOSLEEP))).isFalse();
    }

    @Test
    void theKernelsStackTellsPollAndFutex() {
        assertThat(RestartedCall.number("[<0>] do_sys_poll+0x400/0x590\n[<0>] do_restart_poll+0x43/0x90\n" + SLEEP, RESTARTED))
                .isEqualTo(SyscallNumber.POLL);
        assertThat(RestartedCall.number("[<0>] futex_wait+0x67/0x120\n[<0>] futex_wait_restart+0x47/0x80\n" + SLEEP, RESTARTED))
                .isEqualTo(SyscallNumber.FUTEX);
    }

    @Test
    void sleepsAreToldApartByTheirFirstArgument() {
        assertThat(RestartedCall.number(SLEEP, RESTARTED.with(Name.RDI, 0x7ffeede00000L))).isEqualTo(SyscallNumber.NANOSLEEP);
        assertThat(RestartedCall.number(SLEEP, RESTARTED.with(Name.RDI, 7))).isEqualTo(SyscallNumber.CLOCK_NANOSLEEP);
        assertThat(RestartedCall.number("[<0>] do_cpu_nanosleep+0x8f/0x1a0\n" + SLEEP, RESTARTED.with(Name.RDI, 0xfffffffaL)))
                .isEqualTo(SyscallNumber.CLOCK_NANOSLEEP);
    }

    @Test
    void withoutAStackNothingIsGuessed() {
        assertThat(RestartedCall.number("", RESTARTED)).isEqualTo(RestartedCall.UNKNOWN);
    }
}
