package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;

/**
 * Tells the failure of a plugin by what failed and where it came from. What a plugin throws on purpose, and what is not its
 * fault, passes through as it is.
 */
final class PluginFault {
    private static final String HELP = "leave the plugin out (--plugins), or tell its authors";

    private final PluginRegistry registry;

    PluginFault(PluginRegistry registry) {
        this.registry = registry;
    }

    /**
     * What to throw when {@code contribution}, a kind, remap, substitution or hook, threw {@code failure} while it was asked to
     * {@code work} on {@code subject}.
     */
    StasisException of(Object contribution, String work, String subject, Throwable failure) {
        passThrough(failure);
        return new StasisException(problem(contribution, work, subject, failure), failure);
    }

    /** The same as a problem among others. */
    Problem problem(Object contribution, String work, String subject, Throwable failure) {
        return problem(contribution, work, subject, failure.toString());
    }

    /** The same when it returned what it must not: {@code fault}. */
    Problem problem(Object contribution, String work, String subject, String fault) {
        return new Problem(FilesErrorCode.PLUGIN_FAULTY, subject, named(contribution) + " failed to " + work + ": " + fault, HELP);
    }

    /** What the kernel refused {@code contribution} while it restored the file of {@code record}. */
    Problem refused(Object contribution, FileRecord record, KernelException refusal) {
        return new Problem(FilesErrorCode.FILE_NOT_RESTORED, FilesPlan.subject(record),
                named(contribution) + ": " + refusal.getMessage(), "");
    }

    /** The plugin that added {@code contribution}, with its version and its file. */
    String named(Object contribution) {
        StasisPlugin plugin = registry.ownerOf(contribution);
        return "plugin " + registry.idOf(plugin) + " " + registry.versionOf(plugin) + " in " + registry.originOf(plugin);
    }

    /** Throws {@code failure} if it is the end of the task, of the JVM or of the means of this process, or was meant. */
    static void passThrough(Throwable failure) {
        if (failure instanceof TaskGoneException gone) {
            throw gone;
        }
        if (failure instanceof StasisException meant) {
            throw meant;
        }
        if (failure instanceof VirtualMachineError end && !(failure instanceof StackOverflowError)) {
            throw end;
        }
        if (failure instanceof KernelException refusal && (refusal.is(Errno.EMFILE) || refusal.is(Errno.ENFILE)
                || refusal.is(Errno.ENOMEM) || refusal.is(Errno.ENOSPC))) {
            throw refusal;
        }
    }
}
