package dev.stasis.plugins.eventfds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CounterTest {
    private static final OpenFlags RDWR = OpenFlags.RDWR;

    @Example
    void isWhatTheKernelShows() {
        assertThat(Counter.parse("eventfd-count:              2a7\neventfd-id: 3\neventfd-semaphore: 0\n"))
                .hasValue(new Counter(0x2a7, false));
        assertThat(Counter.parse("eventfd-count: ffffffffffffffff\neventfd-id: 3\neventfd-semaphore: 1\n"))
                .hasValue(new Counter(-1, true));
    }

    @Example
    void isNoSemaphoreWhereTheKernelDoesNotTell() {
        assertThat(Counter.parse("eventfd-count:                0\n")).hasValue(new Counter(0, false));
    }

    @Example
    void isNotThereWhereNoneIsShown() {
        assertThat(Counter.parse("clockid: 1\nticks: 0\n")).isEmpty();
    }

    @Property(tries = 200)
    void comesBackWhateverItIs(@ForAll long value, @ForAll boolean semaphore) {
        assertThat(madeAgain(new Counter(value, semaphore), RDWR)).isEqualTo(new Counter(value, semaphore));
    }

    /** write(2) does not take the greatest number; the kernel itself gets there, when it signals. */
    @Example
    void comesBackWhenTheKernelHasFilledIt() {
        assertThat(madeAgain(new Counter(-1, false), RDWR)).isEqualTo(new Counter(-1, false));
        assertThat(madeAgain(new Counter(-2, true), RDWR)).isEqualTo(new Counter(-2, true));
    }

    @Example
    void comesBackWithStatusFlags() {
        OpenFlags flags = RDWR.with(OpenFlags.NONBLOCK).with(OpenFlags.APPEND).with(OpenFlags.NOATIME);
        try (Fd file = RestoredEventfd.make(new Counter(1, false), flags)) {
            assertThat(FileCalls.flags(file)).isEqualTo(flags);
        }
        try (Fd file = RestoredEventfd.make(new Counter(1, false), RDWR)) {
            assertThat(FileCalls.flags(file)).isEqualTo(RDWR);
        }
    }

    private static Counter madeAgain(Counter counter, OpenFlags flags) {
        try (Fd file = RestoredEventfd.make(counter, flags)) {
            byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number());
            return Counter.parse(DescriptorInfo.parse(info).rest()).orElseThrow();
        }
    }
}
