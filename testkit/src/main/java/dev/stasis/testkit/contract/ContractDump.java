package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Options;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.List;

/** A dump of files of this process by what one plugin adds, in the order of a real one; the "tree" runs on afterwards. */
final class ContractDump extends LocalClaims implements DumpContext, AutoCloseable {
    private static final UnixPath ROOT = UnixPath.of("/");

    private final StasisPlugin plugin;
    private final ContractSubject subject;
    private final MemoryImage image;
    private final ClaimContext looking;
    private final OwnedResources owned;
    private Fd hostRoot;

    ContractDump(StasisPlugin plugin, ContractSubject subject, LocalFiles files, MemoryImage image, Options options, Log log) {
        this(plugin, subject, files, image, options, log, new OwnedResources());
    }

    private ContractDump(StasisPlugin plugin, ContractSubject subject, LocalFiles files, MemoryImage image, Options options, Log log,
            OwnedResources owned) {
        super(files, options, log, owned);
        this.plugin = plugin;
        this.subject = subject;
        this.image = image;
        this.owned = owned;
        this.looking = new LocalClaims(this);
    }

    /** Claims all files, which must all be taken, and dumps them. */
    List<FileRecord> run() {
        List<Claim.Taken> claims = new ArrayList<>();
        for (OpenFile file : files()) {
            claims.add(taken(file));
        }
        for (DumpHook hook : plugin.dumpHooks()) {
            refuse(hook);
        }
        hooks(DumpStage.FREEZE, DumpStage.COLLECT, DumpStage.FILES);
        if (subject.stage() == DumpStage.LATE) {
            hooks(DumpStage.LATE);
        }
        List<FileRecord> records = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            records.add(subject.dump(files().get(i), claims.get(i), this));
        }
        if (subject.stage() != DumpStage.LATE) {
            hooks(DumpStage.LATE);
        }
        hooks(DumpStage.MEMORY, DumpStage.SEAL, DumpStage.RELEASE);
        return records;
    }

    private Claim.Taken taken(OpenFile file) {
        if (subject.claim(file, looking) instanceof Claim.Taken taken) {
            return taken;
        }
        throw new AssertionError(subject.title() + " does not take " + file + " but answers " + subject.claim(file, looking));
    }

    private void refuse(DumpHook hook) {
        var problems = hook.check(files(), looking);
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
    }

    private void hooks(DumpStage... stages) {
        for (DumpStage stage : stages) {
            for (DumpHook hook : plugin.dumpHooks()) {
                if (hook.stage() == stage) {
                    hook.run(files(), this);
                }
            }
        }
    }

    /** What a plugin gets while it only looks. */
    ClaimContext looking() {
        return looking;
    }

    @Override
    public ImageOutput image() {
        return image;
    }

    @Override
    public Fd base(OpenFile file) {
        return subject.base(file, this).orElseGet(this::hostRoot);
    }

    private Fd hostRoot() {
        if (hostRoot == null) {
            hostRoot = own(FileCalls.open(ROOT, OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0));
        }
        return hostRoot;
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        throw new AssertionError("this contract has no task that makes calls; specify that with HookContract, or end to end");
    }

    @Override
    public void close() {
        owned.close();
    }
}
