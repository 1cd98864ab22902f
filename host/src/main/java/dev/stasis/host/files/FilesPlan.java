package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds all that would make restoring the files of an image fail, as far as looking can tell. */
final class FilesPlan {
    private final List<FileRecord> records;
    private final PluginRegistry registry;
    private final RestoreContext context;
    private final PluginFault fault;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<OpenFileId> ids = new HashSet<>();
    private final Map<OpenFileId, Fd> replaced = new HashMap<>();
    private final Set<OpenFileId> late = new HashSet<>(0);

    FilesPlan(List<FileRecord> records, PluginRegistry registry, RestoreContext context) {
        this.records = records;
        this.registry = registry;
        this.context = context;
        this.fault = new PluginFault(registry);
    }

    /** Looks; returns all problems. */
    List<Problem> make() {
        for (Substitution substitution : registry.substitutions()) {
            replace(substitution);
        }
        for (int i = 0; i < records.size(); i++) {
            if (!replaced.containsKey(records.get(i).id())) {
                plan(records.get(i));
            }
        }
        return problems;
    }

    /** The live descriptors that take the place of files; whoever asked for the plan owns them. */
    Map<OpenFileId, Fd> replaced() {
        return replaced;
    }

    /** The files that can be made only when the processes of the tree exist. */
    Set<OpenFileId> late() {
        return late;
    }

    private void replace(Substitution substitution) {
        for (Map.Entry<OpenFileId, Fd> one : planned(substitution).entrySet()) {
            if (one.getValue() == null || !ids().contains(one.getKey())) {
                problems.add(fault.problem(substitution, "say which files it replaces", "the image",
                        one.getValue() == null ? "it gave no descriptor for " + one.getKey()
                        : "it replaces " + one.getKey() + ", which the image does not have"));
                close(one.getValue());
                continue;
            }
            Fd earlier = replaced.put(one.getKey(), one.getValue());
            if (earlier != null) {
                earlier.close();
                problems.add(new Problem(FilesErrorCode.FILE_REPLACED_TWICE, one.getKey().toString(),
                        "plugin " + registry.idOf(registry.ownerOf(substitution)) + " and another replace it", "name it once"));
            }
        }
    }

    private Set<OpenFileId> ids() {
        if (ids.isEmpty()) {
            for (int i = 0; i < records.size(); i++) {
                ids.add(records.get(i).id());
            }
        }
        return ids;
    }

    private static void close(Fd file) {
        if (file != null) {
            file.close();
        }
    }

    /** One that fails without any of its options being given was not asked for anything. */
    private Map<OpenFileId, Fd> planned(Substitution substitution) {
        try {
            return Objects.requireNonNull(substitution.plan(records, problems, context), "it returned nothing");
        } catch (RuntimeException | Error failure) {
            PluginFault.passThrough(failure);
            Problem problem = fault.problem(substitution, "say which files it replaces", "the image", failure);
            if (isAsked(substitution)) {
                problems.add(problem);
            } else {
                context.log().warn(problem.toString());
            }
            return Map.of();
        }
    }

    private boolean isAsked(Substitution substitution) {
        for (PluginOption option : registry.optionsOf(registry.ownerOf(substitution))) {
            if (context.options().isSet(option.name())) {
                return true;
            }
        }
        return false;
    }

    private void plan(FileRecord record) {
        Optional<FdKind> kind = registry.fdKind(record.kind());
        if (kind.isEmpty()) {
            problems.add(missing(record, "kind " + record.kind()));
            return;
        }
        int before = problems.size();
        boolean remapsPresent = record.location() == null || remapsPresent(record, record.location());
        // What a remap already knows not to work, a kind need not find out once more.
        if (remapsPresent && problems.size() == before) {
            try {
                problems.addAll(kind.get().plan(record, context));
                if (kind.get().needsProcesses(record, context)) {
                    late.add(record.id());
                }
            } catch (StasisException e) {
                problems.addAll(e.problems());
            } catch (KernelException e) {
                problems.add(fault.refused(kind.get(), record, e));
            } catch (RuntimeException | Error e) {
                problems.add(faulty(kind.get(), record, e));
            }
        }
    }

    private boolean remapsPresent(FileRecord record, LocationRecord location) {
        boolean present = true;
        if (location.mountRemap().isPresent()) {
            present = planMount(record, location.mountRemap().get().remap());
        }
        if (location.pathRemap().isPresent()) {
            present &= planPath(record, location.pathRemap().get().remap());
        }
        return present;
    }

    private boolean planMount(FileRecord record, String name) {
        for (MountRemap remap : registry.mountRemaps()) {
            if (remap.name().equals(name)) {
                planRemap(remap, record);
                return true;
            }
        }
        problems.add(missing(record, "mount remap " + name));
        return false;
    }

    private boolean planPath(FileRecord record, String name) {
        for (PathRemap remap : registry.pathRemaps()) {
            if (remap.name().equals(name)) {
                planRemap(remap, record);
                return true;
            }
        }
        problems.add(missing(record, "path remap " + name));
        return false;
    }

    private void planRemap(Object remap, FileRecord record) {
        try {
            problems.addAll(remap instanceof PathRemap path ? path.plan(record, context)
                    : ((MountRemap) remap).plan(record, context));
        } catch (StasisException e) {
            problems.addAll(e.problems());
        } catch (KernelException e) {
            problems.add(fault.refused(remap, record, e));
        } catch (RuntimeException | Error e) {
            problems.add(faulty(remap, record, e));
        }
    }

    private Problem faulty(Object contribution, FileRecord record, Throwable failure) {
        PluginFault.passThrough(failure);
        return fault.problem(contribution, "look whether it can restore it", subject(record), failure);
    }

    private static Problem missing(FileRecord record, String what) {
        return new Problem(FilesErrorCode.PLUGIN_MISSING, subject(record), "no loaded plugin offers " + what,
                "load the plugin that the image was made with");
    }

    static Problem failed(FileRecord record, KernelException e) {
        return new Problem(FilesErrorCode.FILE_NOT_RESTORED, subject(record), e.getMessage(), "");
    }

    /** Such as {@code fd 4 of task 17 (/var/log/app.log)}. */
    static String subject(FileRecord record) {
        return record.holders().get(0) + " (" + record.link() + ")";
    }
}
