package dev.stasis.plugins.epoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Items are added under numbers that mean something else, or nothing, in this process. */
class NumberedFilesTest {
    private static final int CLOEXEC = 0x80000;

    private static Fd event() {
        return Fd.own((int) SystemCalls.call("eventfd2", "", SyscallNumber.EVENTFD2, 0, CLOEXEC));
    }

    private static Numbers numbers(int... numbers) {
        Numbers set = new Numbers();
        for (int number : numbers) {
            set.add(number);
        }
        return set;
    }

    private static NativeMemory event(int data) {
        NativeMemory memory = NativeMemory.allocate(16);
        EpollCalls.putEvent(memory, 0, 1, data);
        return memory;
    }

    @Test
    void eachFileIsAddedUnderItsNumberWhateverOrderAndGapsThereAre() {
        int[] wanted = {0, 1, 2, 3, 7, 8, 9, 5, 900, 4, 6, 0, 7};
        try (Fd instance = EpollCalls.create(OpenFlags.RDWR)) {
            List<Fd> events = new ArrayList<>();
            NumberedFiles files = new NumberedFiles(numbers(wanted));
            List<CallSequence.Step> steps = new ArrayList<>();
            files.in(instance);
            for (int i = 0; i < wanted.length; i++) {
                events.add(event());
                files.put(events.get(i), wanted[i]);
                steps.add(files.add(wanted[i], event(i), 0));
            }
            files.run();
            assertThat(files.failure()).isNull();
            assertThat(steps).allMatch(CallSequence.Step::isDone);
            assertOnTheirFiles(instance, events, wanted);
            events.forEach(Fd::close);
        }
    }

    private static void assertOnTheirFiles(Fd instance, List<Fd> events, int[] wanted) {
        assertThat(ItemList.read(instance)).hasSize(wanted.length)
                .allSatisfy(item -> assertThat(wanted[(int) item.data()]).isEqualTo(item.number()));
        for (int i = 0; i < wanted.length; i++) {
            int index = i;
            // Two files are under 0 and two under 7: the kernel knows them apart.
            assertThat(List.of(0, 1)).as("item " + i).anyMatch(earlier -> EpollCalls.compare(
                    new RemoteFd(ProcessCalls.self(), events.get(index).number()), instance, wanted[index], earlier) == 0);
        }
    }

    @Test
    void aProbeTellsWhetherAFileIsThereAndLeavesEverythingAsItWas() {
        try (Fd instance = EpollCalls.create(OpenFlags.RDWR); Fd there = event(); Fd stranger = event();
                Fd ourselves = ProcessCalls.pidfd(ProcessCalls.self())) {
            NumberedFiles add = new NumberedFiles(numbers(5));
            add.in(instance);
            add.put(there, 5);
            add.add(5, event(1), 0);
            add.run();
            List<EpollItem> before = ItemList.read(instance);

            NumberedFiles ask = new NumberedFiles(numbers(5, 6));
            NativeMemory empty = NativeMemory.allocate(16);
            ask.in(instance);
            ask.from(ourselves);
            ask.putTheirs(there.number(), 5);
            CallSequence.Step yes = ask.probe(5, empty);
            ask.putTheirs(there.number(), 6);
            CallSequence.Step otherNumber = ask.probe(6, empty);
            ask.putTheirs(stranger.number(), 5);
            CallSequence.Step otherFile = ask.probe(5, empty);
            ask.putTheirs(there.number(), 5);
            CallSequence.Step yesAgain = ask.probe(5, empty);
            ask.run();

            assertThat(yes.failedWith(Errno.EEXIST)).isTrue();
            assertThat(otherNumber.isDone()).isTrue();
            assertThat(otherFile.isDone()).isTrue();
            assertThat(yesAgain.failedWith(Errno.EEXIST)).isTrue();
            assertThat(ItemList.read(instance)).isEqualTo(before);
        }
    }

    @Test
    void theFirstFailureIsTold() {
        try (Fd instance = EpollCalls.create(OpenFlags.RDWR);
                Fd file = FileCalls.memfd("cannot be waited for")) {
            NumberedFiles files = new NumberedFiles(numbers(5));
            files.in(instance);
            files.put(file, 5);
            CallSequence.Step step = files.add(5, event(1), 0);
            files.run();
            assertThat(step.failedWith(Errno.EPERM)).isTrue();
            assertThat(files.failure().errno()).isEqualTo(Errno.EPERM);
        }
    }
}
