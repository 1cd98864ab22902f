package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The hooks that plugins have in a dump, and the image files that they make. One thread at a time. */
final class DumpHooks {
    private final Chain chain;
    private final PluginRegistry registry;
    private final Options options;
    private final Log log;
    private final PluginFault fault;
    private final Map<OpenFileId, MountRemap> remapped;
    private final Map<String, String> files = new TreeMap<>();

    /** Hooks for the files of {@code chain}; {@code remapped} may still grow before they run. */
    DumpHooks(Chain chain, PluginRegistry registry, Options options, Log log, PluginFault fault,
            Map<OpenFileId, MountRemap> remapped) {
        this.chain = chain;
        this.registry = registry;
        this.options = options;
        this.log = log;
        this.fault = fault;
        this.remapped = remapped;
    }

    /** Asks each whether it can keep what it keeps, and adds what stands in the way to {@code problems}. */
    void check(ClaimContext context, List<Problem> problems) {
        for (DumpHook hook : registry.dumpHooks()) {
            try {
                problems.addAll(hook.check(chain.files(), context));
            } catch (StasisException e) {
                problems.addAll(e.problems());
            } catch (RuntimeException | Error e) {
                PluginFault.passThrough(e);
                problems.add(fault.problem(hook, "look whether it can keep what it keeps", "the tree", e));
            }
        }
    }

    /** Calls those of {@code stage}; at {@link DumpStage#RELEASE} all of them, whatever one of them throws. */
    void run(DumpStage stage, ImageOutput image, RemoteCallsSource remoteCalls) {
        List<DumpHook> hooks = registry.dumpHooks();
        List<Problem> failures = new ArrayList<>(0);
        for (int i = 0; i < hooks.size(); i++) {
            if (hooks.get(i).stage() == stage) {
                try {
                    run(hooks.get(i), new ChainDumpContext(
                            chain, remapped, fault, options, log, noting(hooks.get(i), image), remoteCalls));
                } catch (StasisException e) {
                    failures.addAll(e.problems());
                    if (stage != DumpStage.RELEASE) {
                        throw e;
                    }
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new StasisException(failures);
        }
    }

    private void run(DumpHook hook, DumpContext context) {
        try {
            hook.run(chain.files(), context);
        } catch (KernelException e) {
            throw new StasisException(new Problem(FilesErrorCode.FILE_NOT_DUMPED, "the tree", fault.named(hook) + ": "
                    + e.getMessage(), ""), e);
        } catch (RuntimeException | Error e) {
            throw fault.of(hook, "do its work at stage " + hook.stage(), "the tree", e);
        }
    }

    private ImageOutput noting(DumpHook hook, ImageOutput image) {
        return new ImageOutput() { // not a lambda, which a cold JVM takes milliseconds for
            @Override
            public Fd create(String name) {
                files.put(name, registry.ownerOf(hook).id());
                return image.create(name);
            }
        };
    }

    /** The image files that hooks made, each with the plugin it is of. */
    Map<String, String> files() {
        return files;
    }
}
