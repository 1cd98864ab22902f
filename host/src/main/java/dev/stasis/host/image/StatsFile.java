package dev.stasis.host.image;

import dev.stasis.host.image.proto.dump_stats_entry;
import dev.stasis.host.image.proto.restore_stats_entry;
import dev.stasis.host.image.proto.stats_entry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.file.Path;

/**
 * {@code stats-dump} and {@code stats-restore}: what a dump or a restore took. They are no part of the sealed image: they
 * are written when all is done, and an image that can be restored often gets the latter anew each time.
 */
public final class StatsFile {
    private static final int PRIVATE = 0600;

    /**
     * What a dump took.
     *
     * @param freezingMicros from the first request to stop until all stood still
     * @param frozenMicros from then until the tree was let go of or killed
     * @param memoryDumpMicros of these, how long memory took
     * @param memoryWriteMicros of these, how long writing it took
     * @param pagesScanned pages looked at
     * @param pagesWritten pages whose contents were kept
     */
    public record DumpStats(
            long freezingMicros,
            long frozenMicros,
            long memoryDumpMicros,
            long memoryWriteMicros,
            long pagesScanned,
            long pagesWritten) {}

    /**
     * What a restore took.
     *
     * @param forkingMicros until all tasks existed
     * @param restoreMicros all of it
     * @param pagesRestored pages whose contents came from the image
     */
    public record RestoreStats(long forkingMicros, long restoreMicros, long pagesRestored) {}

    private StatsFile() {}

    /** Writes {@code stats-dump} into {@code directory}. */
    public static void write(Path directory, DumpStats stats) {
        dump_stats_entry.Builder dump = dump_stats_entry.newBuilder()
                .setFreezingTime(micros(stats.freezingMicros()))
                .setFrozenTime(micros(stats.frozenMicros()))
                .setMemdumpTime(micros(stats.memoryDumpMicros()))
                .setMemwriteTime(micros(stats.memoryWriteMicros()));
        dump.setPagesScanned(stats.pagesScanned())
                .setPagesSkippedParent(0)
                .setPagesWritten(stats.pagesWritten())
                .setPagesLazy(0);
        write(directory, ImageNames.DUMP_STATS, stats_entry.newBuilder().setDump(dump).build());
    }

    /** Writes {@code stats-restore} into {@code directory}, over the one of an earlier restore. */
    public static void write(Path directory, RestoreStats stats) {
        restore_stats_entry.Builder restore = restore_stats_entry.newBuilder()
                .setPagesCompared(0)
                .setPagesSkippedCow(0)
                .setForkingTime(micros(stats.forkingMicros()))
                .setRestoreTime(micros(stats.restoreMicros()))
                .setPagesRestored(stats.pagesRestored());
        write(directory, ImageNames.RESTORE_STATS, stats_entry.newBuilder().setRestore(restore).build());
    }

    private static int micros(long micros) {
        return (int) Math.min(micros, 0xffffffffL);
    }

    private static void write(Path directory, String name, stats_entry entry) {
        RecordBuffer buffer = new RecordBuffer();
        buffer.begin(ImageMagic.STATS);
        buffer.add(entry);
        UnixPath path = UnixPath.of(directory.toString()).resolve(name);
        OpenFlags flags =
                OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.TRUNC).with(OpenFlags.NOFOLLOW);
        try (Fd file = FileCalls.open(path, flags, PRIVATE)) {
            NativeMemory memory = NativeMemory.allocate(buffer.length());
            memory.buffer().put(buffer.bytes(), 0, buffer.length());
            FileCalls.writeAt(file, memory, buffer.length(), 0);
        } catch (KernelException e) {
            throw ImageFailure.writing(path.toString(), e);
        }
    }
}
