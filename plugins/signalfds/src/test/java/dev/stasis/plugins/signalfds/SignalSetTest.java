package dev.stasis.plugins.signalfds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SignalSetTest {
    private static final long KILL_AND_STOP = 1L << 8 | 1L << 18;

    @Example
    void isWhatTheKernelShows() {
        assertThat(SignalSet.parse("sigmask:\t0000000000004002\n")).hasValue(new SignalSet(0x4002));
        assertThat(SignalSet.parse("sigmask:\tfffffffffffbfeff\n")).hasValue(new SignalSet(~KILL_AND_STOP));
    }

    @Example
    void isNotThereWhereNoneIsShown() {
        assertThat(SignalSet.parse("clockid: 1\nticks: 0\n")).isEmpty();
    }

    /** Signals 9 and 19 the kernel leaves out. */
    @Property(tries = 200)
    void comesBackWhateverItIs(@ForAll long bits) {
        SignalSet signals = new SignalSet(bits & ~KILL_AND_STOP);
        try (Fd file = signals.open()) {
            byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number());
            assertThat(SignalSet.parse(DescriptorInfo.parse(info).rest())).hasValue(signals);
        }
    }

    @Example
    void isToldToPeople() {
        assertThat(new SignalSet(0x4002)).hasToString("signals 2, 15");
        assertThat(new SignalSet(1L << 63)).hasToString("signals 64");
        assertThat(new SignalSet(0)).hasToString("no signals");
    }
}
