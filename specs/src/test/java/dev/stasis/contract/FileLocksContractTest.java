package dev.stasis.contract;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.FileLock;
import dev.stasis.plugins.filelocks.FileLocksPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.contract.HookContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class FileLocksContractTest extends HookContract {
    private static final int F_SETLK = 6;
    private static final int F_OFD_SETLK = 37;
    private static final int F_WRLCK = 1;
    private static final int LOCK_EX = 2;

    @Override
    protected StasisPlugin plugin() {
        return new FileLocksPlugin();
    }

    @Override
    protected void prepare(Puppet puppet, Path directory) {
        RemoteFd file = puppet.open(directory.resolve("locked"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        range(puppet, file, F_SETLK, 0, 4);
        range(puppet, file, F_OFD_SETLK, 8, 4);
        puppet.call(SyscallNumber.FLOCK, file.number(), LOCK_EX);
    }

    private static void range(Puppet puppet, RemoteFd file, int command, long start, long length) {
        byte[] range = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) F_WRLCK).putLong(8, start)
                .putLong(16, length).array();
        puppet.call(SyscallNumber.FCNTL, file.number(), command, puppet.calls().lend(range).value());
    }

    @Override
    protected String state(Pid task, Path directory) {
        try {
            long inode = (Long) Files.getAttribute(directory.resolve("locked"), "unix:ino");
            List<String> locks = new ArrayList<>();
            for (FileLock lock : FileLock.parse(Files.readAllBytes(Path.of("/proc/locks")))) {
                if (lock.inode() == inode) {
                    locks.add(lock.describe() + (lock.pid() == task.number() ? " of the task" : ""));
                }
            }
            locks.sort(null);
            return String.join(", ", locks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
