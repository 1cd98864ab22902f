package dev.stasis.linux;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A scope in which a stopped task makes system calls for us. Registers and signal mask are saved when it opens and given
 * back when it closes. From one thread only.
 */
@ProviderType
public interface RemoteCalls extends AutoCloseable {

    /** The task that makes the calls. */
    Pid task();

    /**
     * Makes system call {@code number} (see {@link SyscallNumber}) and returns what it returned; throws
     * {@link KernelException} when it failed.
     */
    long call(int number, long... arguments);

    /** Like {@link #call}, but returns the negative errno when it failed. */
    long tryCall(int number, long... arguments);

    /**
     * Makes the calls of {@code list} in their order, with one stop of the task for all of them where that can be; throws
     * {@link KernelException} with the first failure that matters, behind which no call was made. Made once; the results are
     * with the calls.
     */
    default void callAll(CallList list) {
        list.makeEach(this);
        list.requireDone(task());
    }

    /** Copies {@code bytes} into memory that the task lends for this scope; returns where. */
    RemoteAddress lend(byte[] bytes);

    /** Lends {@code size} bytes of no particular content for the results of calls. */
    RemoteAddress lend(int size);

    /** A copy of {@code length} bytes of the task's memory. */
    byte[] read(RemoteAddress address, int length);

    /** Places a copy of {@code file} into the task's descriptor table, at the lowest free number, close-on-exec. */
    RemoteFd receive(Fd file);

    /** Gives everything back. The task stays stopped. */
    @Override
    void close();
}
