package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.FanotifyCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.inotify.InotifyPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** What the marks see, and what is told of events that nobody may keep, is specified end to end. */
class FanotifyContractTest extends FdKindContract {
    private static final int CLOEXEC = 0x1;
    private static final int NONBLOCK = 0x2;
    private static final int REPORT_DIR_FID_NAME = 0xc00;
    private static final int ADD = 0x1;
    private static final int IGNORED = 0x20;
    private static final int SURVIVE = 0x40;
    private static final long MODIFY = 0x2;
    private static final long CREATE = 0x100;
    private static final long ON_CHILD = 0x08000000;

    @Override
    protected StasisPlugin plugin() {
        return new InotifyPlugin();
    }

    @Override
    protected String kind() {
        return "fanotify";
    }

    @Override
    protected List<Fd> open() {
        UnixPath file = UnixPath.of(directory.resolve("file").toString());
        try {
            Files.createFile(directory.resolve("file"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Fd names = FanotifyCalls.create(CLOEXEC | NONBLOCK | REPORT_DIR_FID_NAME, 0);
        FanotifyCalls.mark(names, ADD, CREATE | ON_CHILD, UnixPath.of(directory.toString()));
        Fd files = FanotifyCalls.create(CLOEXEC, OpenFlags.RDWR.bits());
        FanotifyCalls.mark(files, ADD, MODIFY, file);
        FanotifyCalls.mark(files, ADD | IGNORED | SURVIVE, MODIFY, UnixPath.of(directory.toString()));
        return List.of(names, files);
    }

    @Override
    protected String state(Fd file) {
        StringBuilder text = new StringBuilder(FanotifyCalls.pending(file) + " events pending");
        byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number());
        new String(info, StandardCharsets.US_ASCII).lines().filter(line -> line.startsWith("fanotify")).sorted()
                .forEach(line -> text.append('\n').append(line));
        return text.toString();
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
