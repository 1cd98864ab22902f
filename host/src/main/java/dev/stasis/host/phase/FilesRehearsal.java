package dev.stasis.host.phase;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.files.RemoteCallsSource;
import dev.stasis.host.image.ImageWriter;
import dev.stasis.host.model.Chain;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.MountCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.spi.Log;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A dump of some hundred open files and pipes of our own, thrown away: so often as it is run in that, the code that a tree with
 * many files stands still for is compiled when it comes to that. Not worth it for a tree with few. A failure is of no
 * consequence.
 */
final class FilesRehearsal implements RemoteCallsSource {
    private static final long SIZE_LIMIT = 16 << 20;
    private static final int FILES = 512;
    private static final int PIPES = 320;
    private static final int NAMELESS = 320;
    private static final int FEW = 4;
    private static final long LONG_AGO = 10_000;
    private static final UnixPath PROGRAM = UnixPath.of("/proc/self/exe");

    private final PluginRegistry plugins;
    private final Log log;

    private FilesRehearsal(PluginRegistry plugins, Log log) {
        this.plugins = plugins;
        this.log = log;
    }

    static void run(PluginRegistry plugins, Log log) {
        List<Fd> files = new ArrayList<>();
        List<Fd> pipes = new ArrayList<>();
        try {
            FilesRehearsal rehearsal = new FilesRehearsal(plugins, log);
            open(files, pipes);
            rehearsal.dump(files);
            rehearsal.dump(pipes);
        } catch (RuntimeException e) {
            log.debug("rehearsal with many files: " + e);
        } finally {
            close(files);
            close(pipes);
        }
    }

    /**
     * The same for files without names, in {@code directory}, and with a look ahead: for trees that have some, or {@code many}, of
     * them. Nothing where the file system has no such files.
     */
    static void runWithoutNames(PluginRegistry plugins, Log log, Path directory, boolean many) {
        List<Fd> files = new ArrayList<>();
        try (Fd place = FileCalls.open(UnixPath.of(directory.toString()), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0)) {
            for (int i = 0; i < (many ? NAMELESS : FEW); i++) {
                Fd file = FileCalls.openAt(place, UnixPath.of("."), OpenFlags.TMPFILE.with(OpenFlags.RDWR), 0600);
                files.add(file);
                FileCalls.write(file, new byte[] {1});
            }
            new FilesRehearsal(plugins, log).dump(files);
        } catch (RuntimeException e) {
            log.debug("rehearsal with files without names: " + e);
        } finally {
            close(files);
        }
    }

    private static void open(List<Fd> files, List<Fd> pipes) {
        for (int i = 0; i < FILES; i++) {
            Fd file = FileCalls.open(PROGRAM, OpenFlags.RDONLY, 0);
            files.add(file);
            FileCalls.position(file, i);
        }
        for (int i = 0; i < PIPES; i++) {
            PipeCalls.Ends ends = PipeCalls.create(OpenFlags.RDONLY);
            pipes.add(ends.read());
            pipes.add(ends.write());
            FileCalls.write(ends.write(), new byte[] {1});
        }
    }

    private void dump(List<Fd> open) {
        int[] numbers = new int[open.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = open.get(i).number();
        }
        Arrays.sort(numbers);
        try (Fd place = MountCalls.detachedTmpfs(SIZE_LIMIT); Chain chain = Chain.ofOwn(numbers);
                ImageWriter image = ImageWriter.create(Path.of("/proc/self/fd/" + place.number() + "/image"))) {
            FilesDump files = FilesDump.claim(chain, OutsideSearch.ahead(List.of()), plugins, new PluginOptions(Map.of()), log);
            files.lookAhead(image.ahead(), System.currentTimeMillis() + LONG_AGO); // so that all of them are old enough
            image.writeFiles(files.dump(image, this), PluginsOfImage.imageTypes(plugins));
        }
    }

    private static void close(List<Fd> open) {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).close();
        }
    }

    /** Nobody makes calls in here. */
    @Override
    public RemoteCalls of(Pid task) {
        throw new IllegalArgumentException("task " + task + " is this process");
    }
}
