package dev.stasis.host.image;

import dev.stasis.host.image.proto.pagemap_entry;
import dev.stasis.host.image.proto.pagemap_head;
import dev.stasis.host.image.proto.user_x86_regs_entry;
import dev.stasis.host.state.AlternateStack;
import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.state.FileSystemState;
import dev.stasis.host.state.IntervalTimer;
import dev.stasis.host.state.Leader;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.PosixTimer;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.Scheduling;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.SignalAction;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadSettings;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.ptrace.RseqRegistration;
import dev.stasis.linux.ptrace.SignalInfo;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/**
 * Puts one of every record into memory, so that the classes which an image needs are loaded before a tree stands still and
 * waits for them.
 */
final class WarmUp implements Runnable {
    private static final int SIGCHLD = 17;
    private static final AtomicBoolean DONE = new AtomicBoolean();
    private static final RemoteAddress SOMEWHERE = new RemoteAddress(0x1000);
    private static final Pid SOMEONE = new Pid(1);
    private static final OpenFileId SOMETHING = new OpenFileId(1);

    private final RecordBuffer buffer = new RecordBuffer();

    /** Does it, unless it was done in this JVM before; any thread may call, and may do so beside other work. */
    @Override
    public void run() {
        if (DONE.getAndSet(true)) {
            return;
        }
        try {
            writeAll();
        } catch (IOException e) {
            throw new UncheckedIOException("an array never refuses", e);
        }
    }

    private void writeAll() throws IOException {
        LocationRecord location = new LocationRecord(UnixPath.of("/"),
                Optional.of(new LocationRecord.Remapped("none", new byte[1])), Optional.empty());
        buffer.begin(ImageMagic.FILES);
        FileCodec.write(new FileRecord(SOMETHING, "none", OpenFlags.RDONLY, OptionalLong.of(0), new FileOwner(1, 1, 1, 0, 0),
                UnixPath.of("/"), List.of(), location, new byte[1]), new ImageType(1, 3), buffer);
        TaskState task = task();
        buffer.add(TreeCodec.inventory(1));
        buffer.add(TreeCodec.tree(task));
        buffer.add(TreeCodec.ids(1, 1, 1));
        buffer.add(TreeCodec.fileSystem(task.fileSystem()));
        buffer.add(TreeCodec.descriptor(task.descriptors().get(0), 1));
        buffer.add(TaskCodec.write(task, task.threads().get(0), new SeccompCodec()));
        buffer.add(MemoryCodec.write(task.memory(), task.settings()));
        buffer.add(pagemap_head.newBuilder().setPagesId(1).build());
        buffer.add(pagemap_entry.newBuilder().setVaddr(0).setNrPages(1).build());
        new CRC32C().update(buffer.bytes(), 0, buffer.length());
        new Manifest("", Instant.now(), KernelRelease.read(), List.of(new PluginUse("", "", List.of(""))),
                List.of(new SealedFile("", 0, 0))).write(buffer);
    }

    private static TaskState task() {
        Mapping mapping = new Mapping(SOMEWHERE, SOMEWHERE.plus(0x1000), 1, Mapping.Kind.PRIVATE_FILE, SOMETHING, false, 0, 0,
                Set.of("rd", "wr"));
        MemoryLayout layout = new MemoryLayout(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        List<IntervalTimer> intervals = List.of(new IntervalTimer(0, 0, 0), new IntervalTimer(1, 0, 0), new IntervalTimer(2, 0, 0));
        return new TaskState(SOMEONE, null, Leader.OUTSIDE, Leader.OUTSIDE, TaskState.Life.RUNNING, 0, List.of(thread()),
                new MemoryState(layout, new long[2], SOMETHING, List.of(mapping)),
                List.of(new SignalAction(1, 1, 0, 0, 0)), List.of(), intervals,
                List.of(new PosixTimer(0, 0, 0, 0, RemoteAddress.NULL, 0, 0, 0, 0)), List.of(new ResourceLimit(0, 0, 0)),
                new FileSystemState(SOMETHING, SOMETHING, 0), List.of(new DescriptorEntry(0, SOMETHING, false)),
                new TaskSettings(0, 1, false, false, 0, 0, false, MemorySettings.USUAL, "", ""),
                Sharing.alone(SOMEONE), SIGCHLD);
    }

    private static ThreadState thread() {
        byte[] extended = new byte[832];
        extended[0] = 1;
        extended[512] = 7;
        return new ThreadState(SOMEONE, "none", RegistersCodec.read(user_x86_regs_entry.getDefaultInstance()), extended, 0,
                List.of(new SignalInfo(new byte[SignalInfo.SIZE])), new AlternateStack(SOMEWHERE, 0, 0), SOMEWHERE, 0, SOMEWHERE,
                new RseqRegistration(SOMEWHERE, 0, 0, 0), new Scheduling(0, 0, 0, 0, 0, 0, 0, 0, new byte[1]),
                new Credentials(0, 0, 0, 0, 0, 0, 0, 0, List.of(0), 0, 0, 0, 0, 0, 0), 0, 0, false,
                Seccomp.UNCONFINED, ThreadSettings.USUAL);
    }
}
