package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyCalls;
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

/** The queue's events themselves are specified with twins, end to end: here they are only counted, for reading takes them. */
class InotifyContractTest extends FdKindContract {

    @Override
    protected StasisPlugin plugin() {
        return new InotifyPlugin();
    }

    @Override
    protected String kind() {
        return "inotify";
    }

    @Override
    protected List<Fd> open() {
        Fd busy = InotifyCalls.create(OpenFlags.NONBLOCK);
        InotifyCalls.watch(busy, UnixPath.of(directory.toString()), new EventMask(0xfff));
        try {
            Files.createFile(directory.resolve("new"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(busy, InotifyCalls.create(OpenFlags.RDONLY));
    }

    @Override
    protected String state(Fd file) {
        StringBuilder text = new StringBuilder(InotifyCalls.pending(file) + " bytes pending");
        byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number());
        new String(info, StandardCharsets.US_ASCII).lines().filter(line -> line.startsWith("inotify"))
                .forEach(line -> text.append('\n').append(line));
        return text.toString();
    }

    @Override
    protected boolean isSelfContained() {
        return false;
    }
}
