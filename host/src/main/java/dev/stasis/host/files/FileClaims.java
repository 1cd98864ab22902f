package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Offers files to the plugins and says what is wrong with those that nobody can keep. */
final class FileClaims {
    private final PluginRegistry registry;
    private final ClaimContext context;
    private final Chain chain;
    private final PluginFault fault;
    private final List<Problem> problems = new ArrayList<>();
    /** Of the plugins that failed to say whether they keep the file at hand. */
    private final List<Problem> faults = new ArrayList<>(0);
    /** Of each plugin that failed, the first one: one line for each, not one for each file. */
    private final Map<Object, Problem> faulty = new IdentityHashMap<>(0);
    private final LocationSearch locations = new LocationSearch();
    private boolean unclaimed;

    FileClaims(PluginRegistry registry, Chain chain, ClaimContext context) {
        this.registry = registry;
        this.chain = chain;
        this.context = context;
        this.fault = new PluginFault(registry);
    }

    /**
     * What is wrong with the files offered so far. Where nobody keeps a file, a plugin that is there but cannot be used may be
     * the one: so those are named as well.
     */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>(problems);
        if (unclaimed) {
            for (RejectedPlugin rejected : registry.rejected()) {
                all.add(rejected.problem());
            }
        }
        return all;
    }

    /** Who sees to {@code file}; null when nobody does, and then there is a problem more. */
    ClaimedFile offer(OpenFile file) {
        faults.clear();
        Claims.Decision<FdKind> decision = Claims.decide(offersOfKinds(file));
        if (decision instanceof Claims.Decision.Taken<FdKind> taken) {
            forgive(taken.claimant());
            return taken.located() ? locate(file, taken.claimant()) : new ClaimedFile(file, taken.claimant(), null, null, null);
        }
        refuse(file, decision);
        blame();
        return null;
    }

    /** A plugin that fails is not needed for a file that another one keeps, as {@code keeper} does; but the user is told. */
    private void forgive(Object keeper) {
        for (int i = 0; i < faults.size(); i++) {
            Problem one = faults.get(i);
            context.log().warn(one.subject() + ": " + one.reason() + "; plugin " + registry.idOf(registry.ownerOf(keeper))
                    + " keeps it");
        }
        faults.clear();
    }

    /** Nobody keeps the file: a plugin that failed may be the one that would. */
    private void blame() {
        for (Problem one : faulty.values()) {
            if (!problems.contains(one)) {
                problems.add(one);
            }
        }
        faults.clear();
    }

    private void failed(Object claimant, OpenFile file, Throwable failure) {
        PluginFault.passThrough(failure);
        if (!faulty.containsKey(claimant)) {
            Problem one = fault.problem(claimant, "say whether it keeps the file", subject(file), failure);
            faulty.put(claimant, one);
            faults.add(one);
        }
    }

    private ClaimedFile locate(OpenFile file, FdKind kind) {
        if (file.link().length() == 0) {
            problems.add(new Problem(FilesErrorCode.FILE_NOT_FOUND_AGAIN, subject(file),
                    "its path is longer than 4095 bytes and the kernel does not show it", "move it to a shorter path"));
            return null;
        }
        boolean fleeting = isFleeting(file);
        if (!fleeting && chain.isFoundAtItsPath(file)) {
            return new ClaimedFile(file, kind, file.link(), null, null);
        }
        Reach reach = locations.of(file, !fleeting && chain.isLookedAtItsPath(file));
        if (!fleeting && reach.isComplete()) {
            return new ClaimedFile(file, kind, reach.path(), null, null);
        }
        MountRemap mount = reach.mount() ? null : decide(file, offersOfMountRemaps(file), lostMount());
        if (!reach.mount()) {
            return mount == null ? null : locateBelow(file, kind, mount);
        }
        PathRemap path = decide(file, offersOfPathRemaps(file), lostPath(file, reach));
        return path == null ? null : new ClaimedFile(file, kind, reach.path(), null, path);
    }

    private ClaimedFile locateBelow(OpenFile file, FdKind kind, MountRemap mount) {
        Reach reach = reachBelow(file, mount);
        if (reach == null) {
            return null;
        }
        PathRemap path = reach.file() && !isFleeting(file) ? null : decide(file, offersOfPathRemaps(file), lostPath(file, reach));
        return reach.file() || path != null ? new ClaimedFile(file, kind, reach.path(), mount, path) : null;
    }

    /** How far the path leads below the remapped mount; null when the remap fails, and then there is a problem more. */
    private Reach reachBelow(OpenFile file, MountRemap mount) {
        try {
            return LocationSearch.below(mount.presentRoot(file, context), mount.link(file, context), file.status());
        } catch (RuntimeException | Error failure) {
            failed(mount, file, failure);
            blame();
            return null;
        }
    }

    private static String[] lostMount() {
        return new String[] {"it was opened through a mount to which its path no longer leads (unmounted lazily, covered by"
                + " another mount, or of another mount namespace)", "load plugin detached-mounts"};
    }

    private static String[] lostPath(OpenFile file, Reach reach) {
        FileTerm term = FileTerm.of(file);
        String why = reach.isComplete() ? "its name goes when nobody has it open any more" : file.link().endsWith(" (deleted)") ? "it was deleted: its path " + reach.path() + " does not lead to it"
                : "its path " + reach.path() + " leads to another file";
        return new String[] {why, term.plugin().isEmpty() ? "" : "load plugin " + (term.plugin().equals("regular-files")
                ? "ghost-files" : term.plugin())};
    }

    /** The remap that gets {@code file}; null when none does, and then there is a problem more. */
    private <T> T decide(OpenFile file, List<Claims.Offer<T>> offers, String[] otherwise) {
        Claims.Decision<T> decision = Claims.decide(offers);
        if (decision instanceof Claims.Decision.Taken<T> taken) {
            forgive(taken.claimant());
            return taken.claimant();
        }
        blame();
        if (decision instanceof Claims.Decision.Nobody<T>) {
            problems.add(new Problem(FilesErrorCode.FILE_NOT_FOUND_AGAIN, subject(file), otherwise[0], otherwise[1]));
            unclaimed = true;
        } else {
            refuse(file, decision);
        }
        return null;
    }

    private <T> void refuse(OpenFile file, Claims.Decision<T> decision) {
        if (decision instanceof Claims.Decision.Tie<T> tie) {
            problems.add(new Problem(FilesErrorCode.FILE_CLAIMED_TWICE, subject(file),
                    "plugins " + joined(tie.plugins()) + " claim it with equal right", "load only one of them (--plugins)"));
        } else if (decision instanceof Claims.Decision.Refused<T> refused) {
            problems.add(new Problem(FilesErrorCode.FILE_REFUSED, subject(file),
                    refused.reason() + " [plugin " + refused.plugin() + "]", refused.help()));
        } else {
            boolean socket = file.status().type() == FileType.SOCKET && file.hasDescriptor()
                    && file.flags().accessMode() != AccessMode.PATH;
            FileTerm term = socket ? FileTerm.ofSocket(context.descriptor(file)) : FileTerm.of(file);
            String plugin = term.plugin();
            problems.add(new Problem(FilesErrorCode.FILE_UNCLAIMED, subject(file, term.name()), "no loaded plugin keeps such files",
                    plugin.isEmpty() ? "close it, or load a plugin for it" : "load plugin " + plugin));
            unclaimed = true;
        }
    }

    /** Such as {@code fd 4 of task 17 (pipe pipe:[23], held 3 times)}. */
    static String subject(OpenFile file) {
        return subject(file, FileTerm.of(file).name());
    }

    private static String subject(OpenFile file, String term) {
        int others = file.holders().size();
        return file.holders().get(0) + " (" + term + " " + file.link()
                + (others > 1 ? ", held " + others + " times)" : ")");
    }

    private static String joined(List<String> names) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            joined.append(i == 0 ? "" : i == names.size() - 1 ? " and " : ", ").append(names.get(i));
        }
        return joined.toString();
    }

    private List<Claims.Offer<FdKind>> offersOfKinds(OpenFile file) {
        List<Claims.Offer<FdKind>> offers = new ArrayList<>(1);
        List<FdKind> kinds = registry.kinds();
        for (int i = 0; i < kinds.size(); i++) {
            try {
                add(kinds.get(i), kinds.get(i).claim(file, context), offers);
            } catch (RuntimeException | Error failure) {
                failed(kinds.get(i), file, failure);
            }
        }
        return offers;
    }

    private <T> void add(T claimant, Claim claim, List<Claims.Offer<T>> offers) {
        if (!(Objects.requireNonNull(claim, "it answered null") instanceof Claim.None)) {
            offers.add(new Claims.Offer<>(claimant, registry.idOf(registry.ownerOf(claimant)), claim));
        }
    }

    private List<Claims.Offer<MountRemap>> offersOfMountRemaps(OpenFile file) {
        List<Claims.Offer<MountRemap>> offers = new ArrayList<>();
        for (MountRemap remap : registry.mountRemaps()) {
            try {
                add(remap, remap.claim(file, context), offers);
            } catch (RuntimeException | Error failure) {
                failed(remap, file, failure);
            }
        }
        return offers;
    }

    /** Whether its path leads to it only now; also when a plugin fails to say, for then there is a problem more. */
    private boolean isFleeting(OpenFile file) {
        List<PathRemap> remaps = registry.pathRemaps();
        for (int i = 0; i < remaps.size(); i++) {
            try {
                if (remaps.get(i).isFleeting(file, context)) {
                    return true;
                }
            } catch (RuntimeException | Error failure) {
                failed(remaps.get(i), file, failure);
                blame();
                return true;
            }
        }
        return false;
    }

    private List<Claims.Offer<PathRemap>> offersOfPathRemaps(OpenFile file) {
        List<Claims.Offer<PathRemap>> offers = new ArrayList<>();
        for (PathRemap remap : registry.pathRemaps()) {
            try {
                add(remap, remap.claim(file, context), offers);
            } catch (RuntimeException | Error failure) {
                failed(remap, file, failure);
            }
        }
        return offers;
    }
}
