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
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Options;
import dev.stasis.spi.StasisPlugin;
import java.util.ArrayList;
import java.util.List;

/** A dump of files of this process by one kind of one plugin, in the order of a real one; the "tree" runs on afterwards. */
final class ContractDump implements DumpContext, AutoCloseable {
    private final StasisPlugin plugin;
    private final FdKind kind;
    private final LocalFiles files;
    private final MemoryImage image;
    private final Options options;
    private final Log log;
    private final OwnedResources owned = new OwnedResources();

    ContractDump(StasisPlugin plugin, FdKind kind, LocalFiles files, MemoryImage image, Options options, Log log) {
        this.plugin = plugin;
        this.kind = kind;
        this.files = files;
        this.image = image;
        this.options = options;
        this.log = log;
    }

    /** Claims all files, which must all be taken, and dumps them. */
    List<FileRecord> run() {
        List<Claim.Taken> claims = new ArrayList<>();
        ClaimContext looking = looking();
        for (OpenFile file : files.all()) {
            Claim claim = kind.claim(file, looking);
            if (!(claim instanceof Claim.Taken taken)) {
                throw new AssertionError("kind " + kind.name() + " does not take " + file + " but answers " + claim);
            }
            claims.add(taken);
        }
        hooks(DumpStage.FREEZE);
        hooks(DumpStage.COLLECT);
        hooks(DumpStage.FILES);
        if (kind.dumpStage() == DumpStage.LATE) {
            hooks(DumpStage.LATE);
        }
        List<FileRecord> records = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            records.add(record(files.all().get(i), claims.get(i)));
        }
        if (kind.dumpStage() != DumpStage.LATE) {
            hooks(DumpStage.LATE);
        }
        hooks(DumpStage.MEMORY);
        hooks(DumpStage.SEAL);
        hooks(DumpStage.RELEASE);
        return records;
    }

    private FileRecord record(OpenFile file, Claim.Taken claim) {
        LocationRecord location = claim.located() ? LocationRecord.of(file.link()) : null;
        return new FileRecord(file.id(), kind.name(), file.flags(), file.position(), file.owner(), file.link(), file.holders(),
                location, FileIdentity.of(file.status()), kind.dump(file, this));
    }

    private void hooks(DumpStage stage) {
        for (DumpHook hook : plugin.dumpHooks()) {
            if (hook.stage() == stage) {
                hook.run(files.all(), this);
            }
        }
    }

    /** What a kind gets while it only looks. */
    ClaimContext looking() {
        return new ClaimContext() {
            @Override
            public List<OpenFile> files() {
                return files.all();
            }

            @Override
            public Fd descriptor(OpenFile file) {
                return files.descriptor(file);
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
        };
    }

    @Override
    public ImageOutput image() {
        return image;
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        return owned.add(resource);
    }

    @Override
    public Fd base(OpenFile file) {
        return FileCalls.open(UnixPath.of("/"), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0);
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        throw new AssertionError("the contract has no task that makes calls; specify that end to end, with a puppet");
    }

    @Override
    public List<OpenFile> files() {
        return files.all();
    }

    @Override
    public Fd descriptor(OpenFile file) {
        return files.descriptor(file);
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
    }
}
