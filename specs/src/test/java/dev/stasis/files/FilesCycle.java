package dev.stasis.files;

import dev.stasis.host.files.FilesDump;
import dev.stasis.host.files.FilesRestore;
import dev.stasis.host.files.OutsideSearch;
import dev.stasis.host.files.PluginOptions;
import dev.stasis.host.files.RemoteCallsSource;
import dev.stasis.host.model.Chain;
import dev.stasis.host.plugin.LoadedPlugin;
import dev.stasis.host.plugin.PluginOrigin;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.memfds.MemfdsPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Dumps files and restores them into this process; the "image" is a directory and the records themselves. */
final class FilesCycle implements AutoCloseable {
    private static final RemoteCallsSource NO_TASKS = task -> {
        throw new AssertionError("no task is asked for calls");
    };

    private final Path image;
    private final PluginRegistry registry;
    private Map<String, String> options = new HashMap<>();
    private final Set<String> ahead = new HashSet<>();
    private boolean wroteAhead;
    private List<FileRecord> records;
    private FilesRestore restore;

    /** One whose image is in {@code sandbox}, and is closed with that. */
    static FilesCycle cycle(Sandbox sandbox) throws IOException {
        return sandbox.own(new FilesCycle(Files.createDirectories(sandbox.path("image"))));
    }

    /** Dumps what {@code setUp} made, ends the program, and leaves the records for a restore by {@code cycle}. */
    static List<FileRecord> dump(FilesCycle cycle, Sandbox sandbox, String setUp) throws Exception {
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            return cycle.dump(chain);
        }
    }

    /** The one of {@code records} whose path ends with {@code name}. */
    static FileRecord record(List<FileRecord> records, String name) {
        return records.stream().filter(r -> r.link().endsWith("/" + name)).findFirst().orElseThrow();
    }

    FilesCycle(Path image) {
        this(image, new RegularFilesPlugin(), new MemfdsPlugin());
    }

    FilesCycle(Path image, StasisPlugin... plugins) {
        this.image = image;
        List<LoadedPlugin> loaded = new ArrayList<>();
        for (StasisPlugin plugin : plugins) {
            loaded.add(new LoadedPlugin(plugin, new PluginOrigin("test", plugin.id() + ".jar")));
        }
        this.registry = PluginRegistry.of(loaded);
    }

    FilesCycle with(String option) {
        options.put(option, "");
        return this;
    }

    /** What stands in the way of dumping the files of {@code chain}. */
    List<Problem> problems(Chain chain) {
        return FilesDump.claim(chain, registry, PluginOptions.ofSingle(options), new RecordingLog()).problems();
    }

    /** The same, when {@code search} has looked for who shares them. */
    List<Problem> problems(Chain chain, OutsideSearch search) {
        return FilesDump.claim(chain, search, registry, PluginOptions.ofSingle(options), new RecordingLog()).problems();
    }

    /** Looks at the files of {@code chain} as if it were running. */
    void lookAhead(Chain chain) {
        ahead.clear();
        wroteAhead = false;
        FilesDump.claim(chain, registry, PluginOptions.ofSingle(options), new RecordingLog()).lookAhead(name -> {
            Fd file = output().create(name);
            wroteAhead |= ahead.add(name);
            return file;
        }, System.currentTimeMillis());
    }

    /** Whether the last dump took what the last look had written. */
    boolean isAheadTaken() {
        return wroteAhead && ahead.isEmpty();
    }

    List<FileRecord> dump(Chain chain) {
        FilesDump dump = FilesDump.claim(chain, registry, PluginOptions.ofSingle(options), new RecordingLog());
        records = dump.dump(output(), NO_TASKS);
        return records;
    }

    /** What stands in the way of restoring what was dumped. */
    List<Problem> plan() {
        return restore().plan();
    }

    /** Plans and opens; throws what a restore would. */
    Map<OpenFileId, Fd> open() {
        List<Problem> problems = plan();
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        return restore.open();
    }

    void finish() {
        restore.finish(NO_TASKS);
    }

    private FilesRestore restore() {
        close();
        restore = new FilesRestore(records, registry, input(), PluginOptions.ofSingle(options), new RecordingLog());
        return restore;
    }

    private ImageOutput output() {
        return name -> FileCalls.open(UnixPath.of(image.resolve(name).toString()),
                ahead.remove(name) ? OpenFlags.RDWR : OpenFlags.RDWR.with(OpenFlags.CREAT).with(OpenFlags.TRUNC), 0600);
    }

    private ImageInput input() {
        return name -> {
            Optional<Fd> file = FileCalls.tryOpen(UnixPath.of(image.resolve(name).toString()), OpenFlags.RDONLY);
            return file;
        };
    }

    @Override
    public void close() {
        if (restore != null) {
            restore.close();
            restore = null;
        }
    }
}
