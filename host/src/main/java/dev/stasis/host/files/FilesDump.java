package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a tree on their way into an image: first all are offered to the plugins and all that stands in the way is
 * told at once, then those who got them dump them, in order.
 *
 * <p>Claiming looks only, and may be done on a running tree beforehand, to find problems before anything is frozen. From one
 * thread only. The chain is borrowed.
 */
public final class FilesDump {
    private final Chain chain;
    private final PluginRegistry registry;
    private final Options options;
    private final Log log;
    private final PluginFault fault;
    private final List<ClaimedFile> claimed = new ArrayList<>();
    private final Map<OpenFileId, MountRemap> remapped = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final DumpHooks hooks;
    private boolean blocked;

    private FilesDump(Chain chain, PluginRegistry registry, Options options, Log log) {
        this.chain = chain;
        this.registry = registry;
        this.options = options;
        this.log = log;
        this.fault = new PluginFault(registry);
        this.hooks = new DumpHooks(chain, registry, options, log, fault, remapped);
    }

    /** Offers all files of {@code chain} to the plugins. What is wrong is in {@link #problems()}. */
    public static FilesDump claim(Chain chain, PluginRegistry registry, Options options, Log log) {
        return claim(chain, OutsideSearch.none(), registry, options, log);
    }

    /** Like the other; who outside of the tree has its files open was looked for already, by {@code search}. */
    public static FilesDump claim(Chain chain, OutsideSearch search, PluginRegistry registry, Options options, Log log) {
        FilesDump dump = new FilesDump(chain, registry, options, log);
        dump.claimAll(search);
        return dump;
    }

    private void claimAll(OutsideSearch search) {
        ClaimContext context = new ChainClaimContext(chain, options, log);
        FileClaims claims = new FileClaims(registry, chain, context);
        OwnerCheck owners = new OwnerCheck(chain);
        LockCheck locks = LockCheck.of(registry);
        claimServers(claims);
        for (int i = 0; i < chain.files().size(); i++) {
            OpenFile file = chain.files().get(i);
            if (!blocked && !FuseServers.isOne(file)) {
                claim(file, claims);
            }
            owners.check(file, problems);
            locks.check(file, problems);
        }
        problems.addAll(0, claims.problems());
        if (blocked) {
            return;
        }
        new OutsideCheck(chain, search, fault, context).check(claimed, problems);
        hooks.check(context, problems);
    }

    /**
     * Those come first: where nobody keeps the connection of a FUSE server, plugins are not even asked for other files, for they
     * may touch one that it serves, and wait for it with the tree.
     */
    private void claimServers(FileClaims claims) {
        for (int i = 0; i < chain.files().size(); i++) {
            OpenFile file = chain.files().get(i);
            if (FuseServers.isOne(file) && !claim(file, claims)) {
                blocked = true;
            }
        }
    }

    /** Whether nobody keeps a FUSE server's connection: then {@link #problems()} tells only what can be told without touching files. */
    public boolean isBlocked() {
        return blocked;
    }

    private void add(ClaimedFile one) {
        claimed.add(one);
        if (one.mountRemap() != null) {
            remapped.put(one.file().id(), one.mountRemap());
        }
    }

    private boolean claim(OpenFile file, FileClaims claims) {
        ClaimedFile one = claims.offer(file);
        if (one != null) {
            add(one);
        }
        return one != null;
    }

    /** All that stands in the way of a dump; empty when nothing does. */
    public List<Problem> problems() {
        return problems;
    }

    /** How many of the files each kind keeps, by its name. */
    public Map<String, Integer> kinds() {
        Map<String, Integer> kinds = new TreeMap<>();
        for (int i = 0; i < claimed.size(); i++) {
            String name = claimed.get(i).kind().name();
            kinds.put(name, kinds.getOrDefault(name, 0) + 1);
        }
        return kinds;
    }

    /** How many of the files are found again by a path remap only. */
    public int remapped() {
        int remapped = 0;
        for (int i = 0; i < claimed.size(); i++) {
            remapped += claimed.get(i).pathRemap() == null ? 0 : 1;
        }
        return remapped;
    }

    /**
     * What the image will hold of the contents of remapped files.
     *
     * @param directory on the file system of the image; borrowed
     */
    public ImageContents contents(Fd directory) {
        return new ContentsTotal(chain, fault, new ChainClaimContext(chain, options, log)).of(claimed, directory);
    }

    /**
     * Lets kinds and remaps look at the files that they claimed of a tree that still runs.
     *
     * @param image where they write what they need not write later
     * @param begunMillis when the look began
     */
    public void lookAhead(ImageOutput image, long begunMillis) {
        FirstLookContext context = new ChainFirstLookContext(chain, options, log, image, begunMillis);
        for (FdKind kind : usedKinds()) {
            lookAhead(kind, context);
        }
        for (PathRemap remap : registry.pathRemaps()) {
            lookAhead(remap, context);
        }
    }

    private void lookAhead(Object claimant, FirstLookContext context) {
        List<OpenFile> files = filesOf(claimant);
        try {
            if (claimant instanceof FdKind kind) {
                kind.lookAhead(files, context);
            } else if (!files.isEmpty()) {
                ((PathRemap) claimant).lookAhead(files, context);
            }
        } catch (RuntimeException | Error e) {
            throw fault.of(claimant, "look at files before", "the tree", e);
        }
    }

    private List<OpenFile> filesOf(Object claimant) {
        List<OpenFile> files = new ArrayList<>();
        for (int i = 0; i < claimed.size(); i++) {
            if (claimed.get(i).kind() == claimant || claimed.get(i).pathRemap() == claimant) {
                files.add(claimed.get(i).file());
            }
        }
        return files;
    }

    /**
     * Calls the hooks of {@code stage}. At {@link DumpStage#RELEASE} all of them are called, whatever one of them throws:
     * none may keep others from giving back what they took.
     */
    public void hooks(DumpStage stage, ImageOutput image, RemoteCallsSource remoteCalls) {
        hooks.run(stage, image, remoteCalls);
    }

    /** The image files that hooks made, each with the plugin it is of: without that the image cannot be restored. */
    public Map<String, String> hookFiles() {
        return hooks.files();
    }

    /**
     * Lets the plugins dump what they claimed, with the hooks of {@link DumpStage#FILES} before and those of
     * {@link DumpStage#LATE} between. Throws {@link StasisException} with all problems when there are any, and when a
     * plugin fails.
     *
     * @return the records, in the order in which the files must be made again
     */
    public List<FileRecord> dump(ImageOutput image, RemoteCallsSource remoteCalls) {
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        List<FileRecord> records = new ArrayList<>(claimed.size());
        dumpStage(DumpStage.FILES, records, image, remoteCalls);
        dumpStage(DumpStage.LATE, records, image, remoteCalls);
        return records;
    }

    private void dumpStage(DumpStage stage, List<FileRecord> to, ImageOutput image, RemoteCallsSource remoteCalls) {
        hooks(stage, image, remoteCalls);
        DumpContext context = new ChainDumpContext(chain, remapped, fault, options, log, image, remoteCalls);
        List<FdKind> kinds = KindOrder.of(usedKinds());
        for (int i = 0; i < kinds.size(); i++) {
            boolean late = kinds.get(i).dumpStage() == DumpStage.LATE;
            if (late == (stage == DumpStage.LATE)) {
                dumpKind(kinds.get(i), context, to);
            }
        }
    }

    /** Only those: what others say of their order is of no account here. */
    private List<FdKind> usedKinds() {
        List<FdKind> used = new ArrayList<>();
        for (FdKind kind : registry.kinds()) {
            for (int i = 0; i < claimed.size(); i++) {
                if (claimed.get(i).kind() == kind) {
                    used.add(kind);
                    break;
                }
            }
        }
        return used;
    }

    private void dumpKind(FdKind kind, DumpContext context, List<FileRecord> to) {
        for (int i = 0; i < claimed.size(); i++) {
            dumpIfOf(kind, claimed.get(i), context, to);
        }
    }

    private void dumpIfOf(FdKind kind, ClaimedFile one, DumpContext context, List<FileRecord> to) {
        if (one.kind() == kind) {
            to.add(dump(one, context));
        }
    }

    private FileRecord dump(ClaimedFile one, DumpContext context) {
        OpenFile file = one.file();
        LocationRecord location = LocationDump.of(one, context, fault);
        try {
            return new FileRecord(file.id(), one.kind().name(), file.flags(), file.position(), file.owner(), file.link(),
                    file.holders(), location, FileIdentity.of(file.status()), LocationDump.payload(one.kind().dump(file, context)));
        } catch (KernelException e) {
            throw LocationDump.refused(one.kind(), file, fault, e);
        } catch (RuntimeException | Error e) {
            throw fault.of(one.kind(), "dump it", FileClaims.subject(file), e);
        }
    }
}
