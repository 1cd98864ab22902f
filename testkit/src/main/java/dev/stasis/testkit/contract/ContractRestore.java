package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A restore of records into this process by what one plugin adds, in the order of a real one. Closing it closes what was made. */
final class ContractRestore implements RestoreContext, AutoCloseable {
    private final StasisPlugin plugin;
    private final ContractSubject subject;
    private final List<FileRecord> records;
    private final MemoryImage image;
    private final Options options;
    private final Log log;
    private final Map<OpenFileId, Fd> made = new LinkedHashMap<>();
    private final OwnedResources owned = new OwnedResources();

    ContractRestore(StasisPlugin plugin, ContractSubject subject, List<FileRecord> records, MemoryImage image, Options options, Log log) {
        this.plugin = plugin;
        this.subject = subject;
        this.records = List.copyOf(records);
        this.image = image;
        this.options = options;
        this.log = log;
    }

    /** All that the plugin finds by looking. */
    List<Problem> plan() {
        hooks(RestoreStage.OPEN);
        List<Problem> problems = new ArrayList<>();
        for (FileRecord record : records) {
            problems.addAll(subject.plan(record, this));
        }
        for (RestoreHook hook : plugin.restoreHooks()) {
            problems.addAll(hook.plan(records, this));
        }
        return problems;
    }

    /** Plans and makes all files; throws what a real restore would end with. */
    List<Fd> run() {
        List<Problem> problems = plan();
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        hooks(RestoreStage.PLAN);
        hooks(RestoreStage.TASKS);
        hooks(RestoreStage.FILES);
        for (FileRecord record : records) {
            made.put(record.id(), subject.restore(record, this));
        }
        hooks(RestoreStage.MEMORY);
        hooks(RestoreStage.DEFERRED);
        for (FileRecord record : records) {
            subject.restoreDeferred(record, made.get(record.id()), this);
        }
        hooks(RestoreStage.RESUME);
        hooks(RestoreStage.DONE);
        return new ArrayList<>(made.values());
    }

    private void hooks(RestoreStage stage) {
        for (RestoreHook hook : plugin.restoreHooks()) {
            if (hook.stage() == stage) {
                hook.run(records, this);
            }
        }
    }

    @Override
    public ImageInput image() {
        return image;
    }

    @Override
    public Fd open(FileRecord record, OpenFlags flags) {
        return FileCalls.open(record.location().path(), flags, 0);
    }

    @Override
    public Optional<Fd> restored(OpenFileId id) {
        return Optional.ofNullable(made.get(id));
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        throw new AssertionError("this contract has no task that makes calls; specify that with HookContract, or end to end");
    }

    /** There are no sessions here. */
    @Override
    public void controllingTerminal(Pid leader, Fd terminal) {}

    @Override
    public List<FileRecord> records() {
        return records;
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        return owned.add(resource);
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
        owned.close();
        made.values().forEach(Fd::close);
    }
}
