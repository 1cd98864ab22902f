package dev.stasis.linux.process;

import static dev.stasis.linux.internal.Syscalls.check;

import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.internal.Syscalls;
import java.lang.ref.Reference;
import java.util.List;

/** Starts programs in the place of this one. */
public final class ProgramCalls {
    private ProgramCalls() {}

    /**
     * Runs {@code file} in this process from now on, with the descriptors that are not close-on-exec. Does not return; throws
     * {@link KernelException}, and this program goes on, when it cannot be executed. Any thread; all others end.
     *
     * @param arguments all of them, the program's name first
     * @param environment entries of the form {@code NAME=value}
     * @see execve(2)
     */
    public static RuntimeException replaceSelf(UnixPath file, List<byte[]> arguments, List<byte[]> environment) {
        try (Texts path = new Texts(List.of(file.bytes()));
                Texts argv = new Texts(arguments);
                Texts envp = new Texts(environment)) {
            check("execve", file, Syscalls.call3(SyscallNumber.EXECVE, path.first(), argv.address(), envp.address()));
            throw new IllegalStateException("execve returned");
        }
    }

    /** An array of C strings with a null at its end. */
    private static final class Texts implements AutoCloseable {
        private final NativeMemory[] texts;
        private final NativeMemory pointers;

        Texts(List<byte[]> bytes) {
            texts = new NativeMemory[bytes.size()];
            pointers = NativeMemory.allocate((texts.length + 1) * Long.BYTES);
            for (int i = 0; i < texts.length; i++) {
                texts[i] = NativeMemory.allocate(bytes.get(i).length + 1).put(0, bytes.get(i));
                pointers.putLong(i * Long.BYTES, texts[i].address());
            }
        }

        long address() {
            return pointers.address();
        }

        long first() {
            return texts[0].address();
        }

        /** Keeps the memory reachable until the call that uses it has returned. */
        @Override
        public void close() {
            Reference.reachabilityFence(texts);
            Reference.reachabilityFence(pointers);
        }
    }
}
