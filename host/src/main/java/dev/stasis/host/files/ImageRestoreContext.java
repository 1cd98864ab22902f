package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What plugins may use of an image while they restore it. */
final class ImageRestoreContext implements RestoreContext, AutoCloseable {
    private static final UnixPath ROOT = UnixPath.of("/");
    private static final UnixPath HERE = UnixPath.of(".");

    private final List<FileRecord> records;
    private final PluginRegistry registry;
    private final PluginFault fault;
    private final ImageInput image;
    private final Options options;
    private final Log log;
    private final Fd root = FileCalls.open(ROOT, OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0);
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Map<OpenFileId, Fd> files;
    private final Map<Pid, Fd> terminals = new HashMap<>();
    private RemoteCallsSource remoteCalls;

    ImageRestoreContext(
            List<FileRecord> records, PluginRegistry registry, ImageInput image, Options options, Log log,
            Map<OpenFileId, Fd> files) {
        this.files = files;
        this.records = records;
        this.registry = registry;
        this.fault = new PluginFault(registry);
        this.image = image;
        this.options = options;
        this.log = log;
    }

    /** From now on tasks exist that can be asked to make calls. */
    void tasksExist(RemoteCallsSource source) {
        remoteCalls = source;
    }

    @Override
    public ImageInput image() {
        return image;
    }

    @Override
    public Fd open(FileRecord record, OpenFlags flags) {
        LocationRecord location = record.location();
        if (location == null) {
            throw new IllegalArgumentException(record.kind() + " files have no location");
        }
        if (location.mountRemap().isEmpty()) {
            return openBelow(record, root, flags);
        }
        try (Fd base = root(mountRemap(location.mountRemap().get().remap()), record)) {
            return openBelow(record, base, flags);
        }
    }

    private Fd openBelow(FileRecord record, Fd base, OpenFlags flags) {
        UnixPath path = relative(record.location().path());
        if (record.location().pathRemap().isEmpty()) {
            return path.equals(HERE) ? reopen(base, flags) : LongPaths.open(base, path, flags);
        }
        PathRemap remap = pathRemap(record.location().pathRemap().get().remap());
        try {
            return Objects.requireNonNull(remap.open(record, base, path, flags, this), "it returned no descriptor");
        } catch (KernelException e) {
            throw new StasisException(fault.refused(remap, record, e), e);
        } catch (RuntimeException | Error e) {
            throw fault.of(remap, "open it", FilesPlan.subject(record), e);
        }
    }

    private Fd root(MountRemap remap, FileRecord record) {
        try {
            return Objects.requireNonNull(remap.root(record, this), "it returned no descriptor");
        } catch (KernelException e) {
            throw new StasisException(fault.refused(remap, record, e), e);
        } catch (RuntimeException | Error e) {
            throw fault.of(remap, "find its mount", FilesPlan.subject(record), e);
        }
    }

    /** The root of a mount may be a file, which no path leads to from itself; the link must be followed to get there. */
    private static Fd reopen(Fd base, OpenFlags flags) {
        try {
            return FileCalls.openAt(base, HERE, flags, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOTDIR)) {
                throw e;
            }
        }
        return FileCalls.open(UnixPath.of("/proc/self/fd/" + base.number()), flags.without(OpenFlags.NOFOLLOW), 0);
    }

    private static UnixPath relative(UnixPath path) {
        if (!path.isAbsolute()) {
            return path;
        }
        return path.equals(ROOT) ? HERE : path.dropFirst(1);
    }

    private MountRemap mountRemap(String name) {
        for (MountRemap remap : registry.mountRemaps()) {
            if (remap.name().equals(name)) {
                return remap;
            }
        }
        throw new IllegalArgumentException("no mount remap " + name);
    }

    private PathRemap pathRemap(String name) {
        for (PathRemap remap : registry.pathRemaps()) {
            if (remap.name().equals(name)) {
                return remap;
            }
        }
        throw new IllegalArgumentException("no path remap " + name);
    }

    @Override
    public Optional<Fd> restored(OpenFileId id) {
        return Optional.ofNullable(files.get(id));
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        if (remoteCalls == null) {
            throw new IllegalStateException("task " + task + " does not exist yet");
        }
        return remoteCalls.of(task);
    }

    @Override
    public void controllingTerminal(Pid leader, Fd terminal) {
        terminals.put(leader, terminal);
    }

    /** The controlling terminals of sessions, by their leaders. */
    Map<Pid, Fd> terminals() {
        return terminals;
    }

    @Override
    public List<FileRecord> records() {
        return records;
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public Log log() {
        return log;
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            close(owned.pop());
        }
        root.close();
    }

    private void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            log.warn("closing " + resource + ": " + e);
        }
    }
}
