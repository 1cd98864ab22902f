package org.example.template;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Eventfds: a counter, and whether reading takes one or all of it. */
final class TemplateKind implements FdKind {
    private static final UnixPath LINK = UnixPath.of("anon_inode:[eventfd]");
    private static final int SEMAPHORE = 1;
    private static final int CLOEXEC = 0x80000;

    @Override
    public String name() {
        return "template-eventfd";
    }

    @Override
    public ImageType imageType() {
        return new ImageType(1901, 1901);
    }

    /**
     * Looks only: must not read from the file, change it, or open anything. Stasis brings a plugin for eventfds, which takes the type
     * as a whole; whoever fits more closely gets them.
     */
    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        return file.link().equals(LINK) ? Claim.take(Claim.Fit.SPECIAL) : Claim.none();
    }

    /** The kind's own message: here 8 bytes of counter and 4 of flags; what a later version adds comes behind them. */
    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        // The descriptor is a copy of the target's own, so what it shows is the target's open file.
        byte[] bytes = ProcFile.read(ProcessCalls.self(), "fdinfo/" + context.descriptor(file).number());
        String info = new String(bytes, StandardCharsets.US_ASCII);
        long count = Long.parseUnsignedLong(value(info, "eventfd-count:"), 16);
        int flags = value(info, "eventfd-semaphore:").equals("1") ? SEMAPHORE : 0;
        return ByteBuffer.allocate(12).putLong(count).putInt(flags).array();
    }

    private static String value(String info, String name) {
        int at = info.indexOf(name);
        if (at < 0) {
            return "0";
        }
        int end = info.indexOf('\n', at);
        return info.substring(at + name.length(), end < 0 ? info.length() : end).strip();
    }

    /** Makes it again in this process; the host owns what is returned, and places it into every task that holds it. */
    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        if (record.payload().length < 12) {
            throw new StasisException(new Problem(TemplateErrorCode.MALFORMED, "file entry " + record.id(),
                    "it is no entry of an eventfd", "the image was not made by this version of the plugin"));
        }
        ByteBuffer payload = ByteBuffer.wrap(record.payload());
        long count = payload.getLong();
        int flags = payload.getInt() & SEMAPHORE | record.flags().bits() & OpenFlags.NONBLOCK.bits() | CLOEXEC;
        Fd file = Fd.own((int) SystemCalls.call("eventfd2", record.link(), SyscallNumber.EVENTFD2, 0, flags));
        add(file, count);
        return file;
    }

    /** Not through eventfd2 itself, which takes a counter of 32 bits. */
    private static void add(Fd file, long count) {
        if (count != 0) {
            byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(count).array();
            FileCalls.write(file, bytes);
        }
    }
}
