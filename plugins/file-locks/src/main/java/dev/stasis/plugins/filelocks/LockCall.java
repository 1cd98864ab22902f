package dev.stasis.plugins.filelocks;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Has the process that held a lock set it again, without waiting for it.
 *
 * @param lock what is to be set
 * @param subject whose, for messages
 * @see <a href="https://man7.org/linux/man-pages/man2/fcntl_locking.2.html">fcntl_locking(2)</a>
 */
record LockCall(SavedLock lock, String subject) {
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final int F_SETLEASE = 1024;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int STRUCT_FLOCK = 32;
    private static final int OFFSET_PID = 24;

    /** Sets it; throws {@link StasisException} when somebody else has it. */
    void make(RestoreContext context) {
        try (RemoteCalls calls = context.remoteCalls(lock.task())) {
            long result = switch (lock.kind()) {
                case FLOCK -> calls.tryCall(SyscallNumber.FLOCK, lock.descriptor(),
                        (lock.type() == 1 ? LOCK_EX : LOCK_SH) | LOCK_NB);
                case LEASE -> calls.tryCall(SyscallNumber.FCNTL, lock.descriptor(), F_SETLEASE, lock.type());
                default -> calls.tryCall(SyscallNumber.FCNTL, lock.descriptor(), isOfFile() ? F_OFD_SETLK : F_SETLK,
                        calls.lend(range()).value());
            };
            if (result < 0) {
                throw new StasisException(refused(calls, new Errno((int) -result)));
            }
        }
    }

    private boolean isOfFile() {
        return lock.kind() == FileLock.Kind.OPEN_FILE;
    }

    private byte[] range() {
        return ByteBuffer.allocate(STRUCT_FLOCK).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) lock.type())
                .putLong(8, lock.start()).putLong(16, lock.length()).array();
    }

    private Problem refused(RemoteCalls calls, Errno errno) {
        if (!errno.equals(Errno.EAGAIN) && !errno.equals(Errno.EACCES)) {
            return new Problem(FileLocksErrorCode.LOCK_NOT_SET, subject, "its " + lock.describe() + " cannot be set ("
                    + errno + ")", "see fcntl(2)");
        }
        String who = switch (lock.kind()) {
            case FLOCK -> "somebody else locked the file meanwhile";
            case LEASE -> "somebody else has the file open";
            default -> holder(calls);
        };
        return new Problem(FileLocksErrorCode.LOCK_TAKEN, subject, "its " + lock.describe() + " cannot be set: " + who + " ("
                + errno + ")", "have that process release it, or end it");
    }

    private String holder(RemoteCalls calls) {
        RemoteAddress range = calls.lend(range());
        long result = calls.tryCall(SyscallNumber.FCNTL, lock.descriptor(), isOfFile() ? F_OFD_GETLK : F_GETLK, range.value());
        byte[] answer = calls.read(range, STRUCT_FLOCK);
        int pid = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(OFFSET_PID);
        return (result == 0 && pid > 0 ? OtherParties.process(new Pid(pid)) : "somebody else") + " locked it meanwhile";
    }
}
