package dev.stasis.host.files;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisException;
import java.util.List;

/** The hooks that plugins have in a restore. One thread at a time. */
final class RestoreHooks {
    private final List<FileRecord> records;
    private final PluginRegistry registry;
    private final RestoreContext context;
    private final PluginFault fault;

    /** Hooks for the files of {@code records}. */
    RestoreHooks(List<FileRecord> records, PluginRegistry registry, RestoreContext context, PluginFault fault) {
        this.records = records;
        this.registry = registry;
        this.context = context;
        this.fault = fault;
    }

    /** Asks each whether it can restore what it keeps, and adds what stands in the way to {@code problems}. */
    void plan(List<Problem> problems) {
        for (RestoreHook hook : registry.restoreHooks()) {
            try {
                problems.addAll(hook.plan(records, context));
            } catch (StasisException e) {
                problems.addAll(e.problems());
            } catch (RuntimeException | Error e) {
                PluginFault.passThrough(e);
                problems.add(fault.problem(hook, "look whether it can restore what it keeps", "the image", e));
            }
        }
    }

    /** Calls those of {@code stage}. */
    void run(RestoreStage stage) {
        for (RestoreHook hook : registry.restoreHooks()) {
            if (hook.stage() == stage) {
                run(hook);
            }
        }
    }

    /** Calls those of {@link RestoreStage#DONE}: the tree runs, so what fails is told only. */
    void done() {
        for (RestoreHook hook : registry.restoreHooks()) {
            if (hook.stage() == RestoreStage.DONE) {
                try {
                    run(hook);
                } catch (StasisException e) {
                    context.log().warn(e.getMessage());
                }
            }
        }
    }

    private void run(RestoreHook hook) {
        try {
            hook.run(records, context);
        } catch (KernelException e) {
            throw new StasisException(new Problem(FilesErrorCode.FILE_NOT_RESTORED, "the tree", fault.named(hook) + ": "
                    + e.getMessage(), ""), e);
        } catch (RuntimeException | Error e) {
            throw fault.of(hook, "do its work at stage " + hook.stage(), "the tree", e);
        }
    }
}
