package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileSystemCalls;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.OwnerCalls;
import dev.stasis.linux.process.BorrowedUsers;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The files of an image on their way back: {@link #plan} looks, {@link #open} makes them again in this process, and when the
 * tasks hold them {@link #finish} adds what comes last. From one thread only; closing it closes all files that it made.
 */
public final class FilesRestore implements AutoCloseable {
    private static final int OVERLAYFS = 0x794c7630;
    private static final int OTHER_DESCRIPTORS = 512;

    private final List<FileRecord> records;
    private final PluginRegistry registry;
    private final ImageRestoreContext context;
    private final PluginFault fault;
    private final RestoreHooks hooks;
    private final RoomAhead room;
    private final Map<OpenFileId, Fd> files = new HashMap<>();
    private final Set<OpenFileId> replaced = new HashSet<>();
    private final Set<OpenFileId> late = new HashSet<>(0);

    /**
     * Will restore {@code records}, which are in the order in which {@link FilesDump#dump} gave them. Starts a thread: call before
     * binding the calling one to a processor.
     */
    public FilesRestore(
            List<FileRecord> records, PluginRegistry registry, ImageInput image, Options options, Log log) {
        this.records = List.copyOf(records);
        this.registry = registry;
        this.fault = new PluginFault(registry);
        this.context = new ImageRestoreContext(this.records, registry, image, options, log, files);
        this.hooks = new RestoreHooks(this.records, registry, context, fault);
        this.room = RoomAhead.begin(this.records.size() + remapped() + OTHER_DESCRIPTORS);
    }

    /** Finds all that would make the restore fail, as far as looking can tell; no process need exist yet. Once. */
    public List<Problem> plan() {
        FilesPlan plan = new FilesPlan(records, registry, context);
        List<Problem> problems = plan.make();
        files.putAll(plan.replaced());
        replaced.addAll(plan.replaced().keySet());
        late.addAll(plan.late());
        hooks.plan(problems);
        return problems;
    }

    /** Calls the hooks of {@code stage}. */
    public void hooks(RestoreStage stage) {
        hooks.run(stage);
    }

    /** Calls the hooks of {@link RestoreStage#DONE}: what fails is told. */
    public void done() {
        hooks.done();
    }

    /** The terminals that sessions are to have, by their leaders; borrowed. Complete after {@link RestoreStage#TASKS}. */
    public Map<Pid, Fd> controllingTerminals() {
        return Collections.unmodifiableMap(context.terminals());
    }

    /**
     * Makes all files again, kind by kind, after the hooks of {@link RestoreStage#FILES}; those that a plan replaced are
     * taken as they are. Throws {@link StasisException} for the first that fails.
     *
     * @return a descriptor of each, borrowed, valid until this is closed
     */
    public Map<OpenFileId, Fd> open() {
        hooks(RestoreStage.FILES);
        room.await();
        List<FdKind> kinds = KindOrder.of(usedKinds());
        for (int i = 0; i < kinds.size(); i++) {
            open(kinds.get(i), false);
        }
        return Collections.unmodifiableMap(files);
    }

    /** What of the tree needs its processes to exist before it can be opened; empty mostly. After {@link #plan}. */
    public List<FileRecord> late() {
        List<FileRecord> needing = new ArrayList<>(late.size());
        for (int i = 0; i < records.size() && needing.size() < late.size(); i++) {
            if (late.contains(records.get(i).id())) {
                needing.add(records.get(i));
            }
        }
        return needing;
    }

    /**
     * Makes the files that need the processes of the tree, which exist now and can be asked to make calls; what {@link #open}
     * returned has them too.
     */
    public void openLate(RemoteCallsSource remoteCalls) {
        if (late.isEmpty()) {
            return;
        }
        context.tasksExist(remoteCalls);
        List<FdKind> kinds = KindOrder.of(usedKinds());
        for (int i = 0; i < kinds.size(); i++) {
            open(kinds.get(i), true);
        }
    }

    /** Remaps may keep a descriptor of what they found. */
    private int remapped() {
        int count = 0;
        for (int i = 0; i < records.size(); i++) {
            LocationRecord location = records.get(i).location();
            count += location != null && (location.pathRemap().isPresent() || location.mountRemap().isPresent()) ? 1 : 0;
        }
        return count;
    }

    /** Only those: what others say of their order is of no account here. */
    private List<FdKind> usedKinds() {
        List<FdKind> used = new ArrayList<>();
        for (FdKind kind : registry.kinds()) {
            for (int i = 0; i < records.size(); i++) {
                if (records.get(i).kind().equals(kind.name())) {
                    used.add(kind);
                    break;
                }
            }
        }
        return used;
    }

    private void open(FdKind kind, boolean processesExist) {
        for (int i = 0; i < records.size(); i++) {
            FileRecord record = records.get(i);
            boolean due = processesExist || !late.contains(record.id());
            if (due && record.kind().equals(kind.name()) && !files.containsKey(record.id())) {
                try {
                    files.put(record.id(), Objects.requireNonNull(kind.restore(record, context), "it returned no descriptor"));
                } catch (KernelException e) {
                    throw new StasisException(fault.refused(kind, record, e), e);
                } catch (RuntimeException | Error e) {
                    throw fault.of(kind, "restore it", FilesPlan.subject(record), e);
                }
            }
        }
    }

    /** Like the other, for tasks that have the same numbers here as in the image. */
    public void finish(RemoteCallsSource remoteCalls) {
        finish(remoteCalls, Optional::of);
    }

    /**
     * Adds what needs all tasks and all their files: what kinds deferred, after the hooks of {@link RestoreStage#DEFERRED},
     * and then who gets SIGIO.
     */
    public void finish(RemoteCallsSource remoteCalls, Function<Pid, Optional<Pid>> numberHere) {
        context.tasksExist(remoteCalls);
        letGoOfMapped();
        hooks(RestoreStage.DEFERRED);
        List<FdKind> kinds = KindOrder.of(usedKinds());
        for (int i = 0; i < kinds.size(); i++) {
            defer(kinds.get(i));
        }
        for (int i = 0; i < records.size(); i++) {
            if (!records.get(i).owner().isNobody() && !replaced.contains(records.get(i).id())) {
                own(records.get(i), numberHere);
            }
        }
    }

    /**
     * Closes what tasks only have mapped, before anything watches it, where a mapping holds another open file than the one that it
     * was made from: on overlayfs. There our descriptor is the last one of it, and watchers would hear of its end.
     */
    private void letGoOfMapped() {
        for (FdKind kind : usedKinds()) {
            for (int i = 0; i < records.size(); i++) {
                FileRecord record = records.get(i);
                Fd file = files.get(record.id());
                if (record.kind().equals(kind.name()) && !replaced.contains(record.id()) && isOnlyMapped(record)
                        && FileSystemCalls.magic(file) == OVERLAYFS) {
                    defer(kind, record);
                    files.remove(record.id());
                    file.close();
                }
            }
        }
    }

    private static boolean isOnlyMapped(FileRecord record) {
        for (int i = 0; i < record.holders().size(); i++) {
            if (!(record.holders().get(i) instanceof Holder.Mapping)) {
                return false;
            }
        }
        return true;
    }

    private void defer(FdKind kind) {
        for (int i = 0; i < records.size(); i++) {
            FileRecord record = records.get(i);
            if (record.kind().equals(kind.name()) && !replaced.contains(record.id()) && files.containsKey(record.id())) {
                defer(kind, record);
            }
        }
    }

    private void defer(FdKind kind, FileRecord record) {
        try {
            kind.restoreDeferred(record, files.get(record.id()), context);
        } catch (KernelException e) {
            throw new StasisException(fault.refused(kind, record, e), e);
        } catch (RuntimeException | Error e) {
            throw fault.of(kind, "add what comes last", FilesPlan.subject(record), e);
        }
    }

    private static int numberHere(FileRecord record, Function<Pid, Optional<Pid>> numberHere) {
        return numberHere.apply(new Pid(record.owner().id())).orElseThrow(() -> new StasisException(new Problem(
                FilesErrorCode.FILE_NOT_RESTORED, FilesPlan.subject(record), "its signals go to " + record.owner().id()
                + ", which has no number outside of the new pid namespace", "restore without --new-pidns"))).number();
    }

    private void own(FileRecord record, Function<Pid, Optional<Pid>> numberHere) {
        FileOwner owner = record.owner();
        Fd file = files.get(record.id());
        try {
            OwnerCalls.signal(file, owner.signal());
            if (owner.id() != 0) {
                // The kernel keeps the caller's users beside the owner, and asks them whether the signal may be sent.
                try (BorrowedUsers users = BorrowedUsers.of(owner.uid(), owner.effectiveUid())) {
                    OwnerCalls.owner(file, owner.type(), numberHere(record, numberHere));
                }
            }
        } catch (KernelException e) {
            throw new StasisException(FilesPlan.failed(record, e), e);
        }
    }

    /** Closes what it made. Tasks that hold the files keep them. */
    @Override
    public void close() {
        for (Fd file : files.values()) {
            file.close();
        }
        files.clear();
        context.close();
    }
}
