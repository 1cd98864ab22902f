package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartTableTest {

    @ParameterizedTest
    @ValueSource(ints = {SyscallNumber.EPOLL_WAIT, SyscallNumber.EPOLL_PWAIT, SyscallNumber.RT_SIGTIMEDWAIT,
        SyscallNumber.SEMTIMEDOP, SyscallNumber.READ, SyscallNumber.RECVMSG})
    void aCallThatOnlyTheStopEndedIsMadeAgain(int call) {
        assertThat(RestartTable.forRelease(in(call, -4)).get(Name.RAX)).isEqualTo(-514);
        assertThat(RestartTable.forImage(in(call, -4)).get(Name.RAX)).isEqualTo(-514);
    }

    @ParameterizedTest
    @ValueSource(ints = {SyscallNumber.CLOSE, SyscallNumber.CONNECT, SyscallNumber.NANOSLEEP})
    void aCallThatMustNotBeMadeTwiceKeepsItsAnswer(int call) {
        assertThat(RestartTable.forRelease(in(call, -4)).get(Name.RAX)).isEqualTo(-4);
    }

    @Test
    void whatTheKernelRestartsByItselfIsLeftToItWhileTheTaskLives() {
        Registers poll = in(SyscallNumber.POLL, -516);
        assertThat(RestartTable.forRelease(poll)).isSameAs(poll);
    }

    @Test
    void anImageHasNoKernelThatRemembersTheRest() {
        assertThat(RestartTable.forImage(in(SyscallNumber.POLL, -516)).get(Name.RAX)).isEqualTo(-514);
        assertThat(RestartTable.forImage(in(SyscallNumber.FUTEX, -516)).get(Name.RAX)).isEqualTo(-514);
    }

    @Test
    void aSleepIsMadeAgainWithTheArgumentsThatItHas() {
        Registers nanosleep = in(SyscallNumber.NANOSLEEP, -516).with(Name.RDI, 0x1000).with(Name.RSI, 0x2000);
        assertThat(RestartTable.forImage(nanosleep)).isEqualTo(nanosleep.with(Name.RAX, -514));
        Registers clock = in(SyscallNumber.CLOCK_NANOSLEEP, -516).with(Name.RSI, 0).with(Name.RDX, 0x1000).with(Name.R10, 0x2000);
        assertThat(RestartTable.forImage(clock)).isEqualTo(clock.with(Name.RAX, -514));
    }

    @Property
    void outsideOfACallNothingIsChanged(@ForAll @IntRange(min = -520, max = 520) int rax, @ForAll long rdi) {
        Registers registers = in(-1, rax).with(Name.RDI, rdi);
        assertThat(RestartTable.forRelease(registers)).isSameAs(registers);
        assertThat(RestartTable.forImage(registers)).isSameAs(registers);
    }

    @Property
    void aCallThatSucceededIsNeverChanged(@ForAll @IntRange(min = 0, max = 460) int call, @ForAll @IntRange(min = 0) int rax) {
        Registers registers = in(call, rax);
        assertThat(RestartTable.forRelease(registers)).isSameAs(registers);
        assertThat(RestartTable.forImage(registers)).isSameAs(registers);
    }

    @Property
    void onlyTheResultEverChanges(@ForAll @IntRange(min = 0, max = 460) int call, @ForAll long seed) {
        Registers registers = in(call, -516).with(Name.RBX, seed).with(Name.RIP, seed).with(Name.R9, seed);
        Registers image = RestartTable.forImage(registers);
        for (Name name : Name.values()) {
            if (name != Name.RAX) {
                assertThat(image.get(name)).isEqualTo(registers.get(name));
            }
        }
    }

    private static Registers in(int call, long rax) {
        return Registers.of(new long[Registers.COUNT]).with(Name.ORIG_RAX, call).with(Name.RAX, rax);
    }
}
