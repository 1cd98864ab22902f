package dev.stasis.testkit;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.ptrace.RunningTask;
import dev.stasis.linux.ptrace.Stop;
import dev.stasis.linux.ptrace.StoppedTask;
import dev.stasis.linux.seed.Seed;
import dev.stasis.linux.seed.SeedElf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A tiny process that does what the test says: its state is built, and later checked, by system calls that it makes for us.
 *
 * <p>Attached, it stands still. {@link #letGo()} leaves it waiting for signals, so that it can be dumped, killed and restored;
 * {@link #attach} takes hold of what came back. All calls from one thread. {@link #close()} kills it, with all it forked, and
 * waits until the pids are free.
 */
public final class Puppet implements AutoCloseable {
    private static final int SIGCHLD = 17;
    private static final int THREAD = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;

    private final Program program;
    private final List<Puppet> children = new ArrayList<>();
    private RemoteMemory memory;
    private PuppetCalls calls;

    private Puppet(Program program) {
        this.program = program;
    }

    /** Starts one, attached. Its executable is a file of {@code directory}, which must stay for as long as images of it. */
    public static Puppet start(Path directory) {
        Seed seed = Seed.spawn(Seed.BASE, UnixPath.of(executable(directory).toString()));
        Puppet puppet = new Puppet(Program.attach(seed.pid()));
        try {
            puppet.hold(seed.task());
            puppet.settle(directory);
            return puppet;
        } catch (RuntimeException e) {
            puppet.close();
            throw e;
        }
    }

    /** A session of its own, standard descriptors, and the test's directory instead of the test's own current one. */
    private void settle(Path directory) {
        call(SyscallNumber.SETSID);
        call(SyscallNumber.CHDIR, text(directory.toString()));
        duplicate(duplicate(open(Path.of("/dev/null"), OpenFlags.RDWR, 0)));
    }

    private static Path executable(Path directory) {
        Path file = directory.resolve("puppet");
        try {
            if (!Files.exists(file)) {
                Files.write(file, SeedElf.build(Seed.BASE, ProcessCalls.self()));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Attaches to the puppet that runs as process {@code pid}: one that was let go, or one that a restore brought back. */
    public static Puppet attach(Pid pid) {
        Puppet puppet = new Puppet(Program.attach(pid));
        puppet.seize();
        return puppet;
    }

    private void seize() {
        RunningTask running = RunningTask.seize(pid(), Seed.OPTIONS);
        running.interrupt();
        hold(stopped(running));
    }

    private static StoppedTask stopped(RunningTask running) {
        Stop stop = running.await();
        if (stop instanceof Stop.AtEvent at) {
            return at.task();
        }
        throw new AssertionError("the puppet " + running.tid() + " did not stop but: " + stop);
    }

    private void hold(StoppedTask task) {
        memory = RemoteMemory.open(pid());
        calls = new PuppetCalls(Injection.begin(task, SeedElf.callSite(Seed.BASE)), memory);
    }

    /** The process. */
    public Pid pid() {
        return program.pid();
    }

    /** The process as a program, for waiting and signals; it ends with the puppet. */
    public Program program() {
        return program;
    }

    /** The system calls themselves. Fails when the puppet is let go. */
    public RemoteCalls calls() {
        return held();
    }

    private PuppetCalls held() {
        if (calls == null) {
            throw new IllegalStateException("the puppet " + pid() + " is let go; attach to it first");
        }
        return calls;
    }

    /** Makes system call {@code number}; throws {@link dev.stasis.linux.KernelException} when it fails. */
    public long call(int number, long... arguments) {
        return held().call(number, arguments);
    }

    /** Opens {@code path}; the descriptor is kept across exec unless {@code flags} say otherwise. @see open(2) */
    public RemoteFd open(Path path, OpenFlags flags, int mode) {
        return fd(call(SyscallNumber.OPEN, text(path.toString()), flags.bits(), mode));
    }

    /** A further descriptor of the same open file description, at the lowest free number. @see dup(2) */
    public RemoteFd duplicate(RemoteFd fd) {
        return fd(call(SyscallNumber.DUP, fd.number()));
    }

    /** Writes {@code bytes} at the position of {@code fd}; returns how many were. @see write(2) */
    public long write(RemoteFd fd, byte[] bytes) {
        return call(SyscallNumber.WRITE, fd.number(), held().lend(bytes).value(), bytes.length);
    }

    /** Reads up to {@code length} bytes at the position of {@code fd}. @see read(2) */
    public byte[] read(RemoteFd fd, int length) {
        RemoteAddress buffer = held().lend(length);
        return held().read(buffer, (int) call(SyscallNumber.READ, fd.number(), buffer.value(), length));
    }

    /** The position of {@code fd}, in bytes from the start. @see lseek(2) */
    public long position(RemoteFd fd) {
        return call(SyscallNumber.LSEEK, fd.number(), 0, 1);
    }

    /** The access mode and status flags of {@code fd}. @see fcntl(2) F_GETFL */
    public OpenFlags flags(RemoteFd fd) {
        return new OpenFlags((int) call(SyscallNumber.FCNTL, fd.number(), 3, 0));
    }

    /** Closes {@code fd}. @see close(2) */
    public void close(RemoteFd fd) {
        call(SyscallNumber.CLOSE, fd.number());
    }

    /** Maps {@code length} anonymous bytes with these PROT_ and MAP_ bits. @see mmap(2) */
    public RemoteAddress map(long length, int protection, int flags) {
        return new RemoteAddress(call(SyscallNumber.MMAP, 0, length, protection, flags, -1, 0));
    }

    /** Maps {@code length} bytes of {@code file} from {@code offset}. @see mmap(2) */
    public RemoteAddress map(RemoteFd file, long offset, long length, int protection, int flags) {
        return new RemoteAddress(call(SyscallNumber.MMAP, 0, length, protection, flags, file.number(), offset));
    }

    /** Its memory, to look at and to change whatever the protection is; borrowed, while attached. */
    public RemoteMemory memory() {
        held();
        return memory;
    }

    /** A child process in the same state, attached too. It is closed with this one. @see fork(2) */
    public Puppet fork() {
        return fork(0);
    }

    /** A child process that shares what {@code flags} say, such as CLONE_FILES; not the memory. @see clone(2) */
    public Puppet fork(long flags) {
        call(SyscallNumber.CLONE, SIGCHLD | flags, 0, 0, 0, 0);
        StoppedTask born = born();
        Puppet child = new Puppet(Program.attach(born.tid()));
        children.add(child);
        child.hold(born);
        child.call(SyscallNumber.MUNMAP, held().lent().value(), PuppetCalls.LENT);
        return child;
    }

    /** A further thread, which waits like a puppet that is let go. @see clone(2) CLONE_THREAD */
    public Pid startThread() {
        call(SyscallNumber.CLONE, THREAD, 0, 0, 0, 0);
        StoppedTask born = born();
        born.detach();
        return born.tid();
    }

    private StoppedTask born() {
        StoppedTask born = stopped(RunningTask.attached(held().lastChild().orElseThrow()));
        held().sendHome(born);
        return born;
    }

    /** The signals its first thread blocks when it is let go: bit 0 is signal 1. Attached, it blocks all. */
    public long blockedSignals() {
        return held().homeMask();
    }

    /** Makes {@code mask} the signals its first thread blocks when it is let go. */
    public void blockSignals(long mask) {
        held().homeMask(mask);
    }

    /** Lets it run, and returns when it waits for signals. It can be dumped: nothing of the attachment stays in it. */
    public void letGo() {
        StoppedTask task = held().end();
        release();
        task.detach();
        Await.until(this + " waits", () -> program.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
    }

    private void release() {
        if (memory != null) {
            memory.close();
        }
        memory = null;
        calls = null;
    }

    private long text(String text) {
        byte[] bytes = UnixPath.of(text).bytes();
        return held().lend(Arrays.copyOf(bytes, bytes.length + 1)).value();
    }

    private RemoteFd fd(long number) {
        return new RemoteFd(pid(), (int) number);
    }

    @Override
    public void close() {
        release();
        program.close();
        children.forEach(Puppet::close);
        children.clear();
    }

    @Override
    public String toString() {
        return "puppet " + pid();
    }
}
