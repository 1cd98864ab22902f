package dev.stasis.linux.notify;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Optional;

/**
 * Opens files and directories for reading so that nobody who watches them notices: neither that they are opened, nor that they
 * are read, nor that they are closed.
 *
 * <p>The kernel exempts the descriptors that it hands to a fanotify group from all notification. So for each file:
 * <ol>
 * <li>This object's group marks it as one that may be opened with the group's permission only.
 * <li>The calling thread opens it, and waits for the permission.
 * <li>A second thread reads the question, which comes with such a descriptor, keeps that and refuses the permission. An open
 * that is refused is one of which nobody is told.
 * </ol>
 * Others who open the same at that moment are given the permission at once, and all are if this process is killed.
 *
 * <p>From one thread at a time. It takes CAP_SYS_ADMIN, a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS, and a file system
 * that allows it, as procfs does not.
 *
 * @see fanotify(7)
 */
public final class UnnoticedOpens implements AutoCloseable, Runnable {
    private static final int FAN_CLASS_CONTENT = 4;
    private static final int FAN_CLOEXEC = 1;
    private static final int FAN_REPORT_TID = 0x100;
    private static final int FAN_MARK_ADD = 1;
    private static final int FAN_MARK_REMOVE = 2;
    private static final long OPEN_OF_ANYTHING = 0x10000 | 0x40000000;
    private static final OpenFlags READ = OpenFlags.RDONLY.with(OpenFlags.NOATIME).with(OpenFlags.NONBLOCK);

    private final Fd group;
    /** What is opened last, for the second thread to see that this is closed. */
    private final Fd last;
    private volatile Pid caller;
    private final Thread answers = new Thread(this, "stasis-unnoticed");
    private volatile boolean ending;
    private volatile Fd kept;

    private UnnoticedOpens(Fd group, Fd last) {
        this.group = group;
        this.last = last;
    }

    /** Gets ready; empty where the kernel does not allow it. */
    public static Optional<UnnoticedOpens> tryBegin() {
        Fd group;
        try {
            group = FanotifyCalls.create(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_REPORT_TID, READ.with(OpenFlags.CLOEXEC).bits());
        } catch (KernelException e) {
            return Optional.empty();
        }
        UnnoticedOpens opens = new UnnoticedOpens(group, FileCalls.memfd("stasis-unnoticed"));
        try {
            FanotifyCalls.mark(group, FAN_MARK_ADD, OPEN_OF_ANYTHING, opens.last);
        } catch (KernelException e) {
            opens.closeAll();
            return Optional.empty();
        }
        opens.answers.setDaemon(true);
        opens.answers.start();
        return Optional.of(opens);
    }

    /**
     * Opens what {@code file} refers to, O_PATH will do, for reading, without waiting and without changing its access time; the
     * caller owns the descriptor. Empty where that is not to be had, as of anything but files and directories, and then nothing
     * was opened.
     */
    public Optional<Fd> tryOpen(Fd file) {
        FileType type = FileCalls.status(file).type();
        if (type != FileType.REGULAR && type != FileType.DIRECTORY) {
            return Optional.empty(); // the kernel asks nobody
        }
        try {
            FanotifyCalls.mark(group, FAN_MARK_ADD, OPEN_OF_ANYTHING, file);
        } catch (KernelException e) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(ask(file));
        } finally {
            FanotifyCalls.mark(group, FAN_MARK_REMOVE, OPEN_OF_ANYTHING, file);
        }
    }

    private Fd ask(Fd file) {
        caller = ProcessCalls.selfThread();
        kept = null;
        try {
            FileCalls.open(UnixPath.of("/proc/self/fd/" + file.number()), READ, 0).close();
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
        return kept;
    }

    /** Answers, until the last question of the calling thread. */
    @Override
    public void run() {
        NativeMemory question = NativeMemory.allocate(FanotifyCalls.EVENT_SIZE);
        NativeMemory answer = NativeMemory.allocate(2 * Integer.BYTES);
        boolean ended = false;
        while (!ended) {
            try {
                ended = answer(question, answer);
            } catch (KernelException e) {
                ended = ending; // there was no descriptor for it, say, and the kernel has refused
            }
        }
    }

    /** Whether that was the last one. */
    private boolean answer(NativeMemory question, NativeMemory answer) {
        Fd opened = FanotifyCalls.readQuestion(group, question);
        if (FanotifyCalls.isAskedBy(caller, question)) {
            kept = opened;
            boolean ended = ending;
            FanotifyCalls.answer(group, opened, false, answer);
            return ended;
        }
        try (opened) {
            FanotifyCalls.answer(group, opened, true, answer);
        }
        return false;
    }

    @Override
    public void close() {
        if (!group.isOpen()) {
            return;
        }
        ending = true;
        Fd opened = ask(last);
        if (opened != null) {
            opened.close();
        }
        boolean interrupted = false;
        while (answers.isAlive()) {
            try {
                answers.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        closeAll();
    }

    private void closeAll() {
        group.close();
        last.close();
    }
}
