package dev.stasis.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CallSequenceTest {
    private static final int PIPE_SIZE = 1032;

    @Test
    void aStepTakesWhatAnEarlierOneReturned() {
        CallSequence sequence = new CallSequence();
        try (PipeCalls.Ends one = PipeCalls.create(OpenFlags.NONBLOCK); PipeCalls.Ends two = PipeCalls.create(OpenFlags.NONBLOCK)) {
            FileCalls.write(one.write(), "as long as it is".getBytes(StandardCharsets.UTF_8));
            NativeMemory memory = NativeMemory.allocate(100);
            CallSequence.Step read = sequence.call("read", one.read(), SyscallNumber.READ, one.read(), memory, memory.size());
            CallSequence.Step write = sequence.call("write", two.write(), SyscallNumber.WRITE, two.write(), memory, read);
            sequence.run();
            assertThat(read.result()).isEqualTo(16);
            assertThat(write.result()).isEqualTo(16);
            assertThat(new String(FileCalls.read(two.read(), 100), StandardCharsets.UTF_8)).isEqualTo("as long as it is");
        }
    }

    @Test
    void andWhatTheKernelWroteForAnEarlierOne() {
        CallSequence sequence = new CallSequence();
        NativeMemory pair = NativeMemory.allocate(16);
        NativeMemory text = NativeMemory.allocate(8).put(0, "through".getBytes(StandardCharsets.UTF_8));
        sequence.call("pipe2", "", SyscallNumber.PIPE2, pair, OpenFlags.CLOEXEC.bits());
        // The two descriptors are words of four bytes: of eight bytes from the second one the upper half is empty.
        CallSequence.Step write = sequence.call("write", "", SyscallNumber.WRITE, new CallSequence.Stored(pair, 4), text, 7);
        CallSequence.Step size = sequence.call("fcntl", "", SyscallNumber.FCNTL, new CallSequence.Stored(pair, 4), PIPE_SIZE);
        sequence.run();
        assertThat(write.result()).isEqualTo(7);
        assertThat(size.result()).isPositive();
        try (Fd read = Fd.own(pair.getInt(0)); Fd end = Fd.own(pair.getInt(4))) {
            assertThat(new String(FileCalls.read(read, 100), StandardCharsets.UTF_8)).isEqualTo("through");
        }
    }

    @Test
    void aFailureGoesWhereItIsToldAndJumpsArriveWhereArgumentsAreFetched() {
        CallSequence sequence = new CallSequence();
        CallSequence.Step pid = sequence.call("getpid", "", SyscallNumber.GETPID);
        CallSequence.Step fails = sequence.call("close", "fd -1", SyscallNumber.CLOSE, -1);
        CallSequence.Step skipped = sequence.mark();
        CallSequence.Step arrives = sequence.call("getpgid", "", SyscallNumber.GETPGID, pid);
        fails.onFailure(arrives);
        sequence.run();
        assertThat(fails.failedWith(Errno.EBADF)).isTrue();
        assertThat(fails.failure()).hasMessageContaining("close").hasMessageContaining("EBADF");
        assertThat(skipped.isDone()).isFalse();
        assertThat(arrives.isDone()).as("its process was found by the number that was fetched").isTrue();
        assertThatThrownBy(fails::result).isInstanceOf(KernelException.class);
        assertThatThrownBy(skipped::result).isInstanceOf(IllegalStateException.class).hasMessageContaining("was not made");
    }
}
