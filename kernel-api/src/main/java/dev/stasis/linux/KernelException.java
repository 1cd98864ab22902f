package dev.stasis.linux;

/**
 * A system call that the kernel refused: which call, on what, and why.
 *
 * <p>Unchecked, because most calls on state that was just looked at do not fail; callers for whom a refusal is a normal
 * outcome use the {@code try...} twin of a call, which returns the error as a value.
 */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final transient Errno errno;

    /** Describes the refusal of {@code call} on {@code subject}, such as a path, a descriptor or a task. */
    public KernelException(String call, Object subject, Errno errno) {
        super(call + "(" + subject + "): " + errno.name());
        this.call = call;
        this.errno = errno;
    }

    /** The name of the system call that was refused. */
    public String call() {
        return call;
    }

    /** The kernel's reason. */
    public Errno errno() {
        return errno;
    }

    /** Whether the kernel's reason was {@code expected}. */
    public boolean is(Errno expected) {
        return errno.equals(expected);
    }
}
