package dev.stasis.plugins.ttys;

import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps terminals. */
public final class TtysPlugin implements StasisPlugin {
    static final String SHELL_JOB = "shell-job";

    private final DumpedTtys dumped = new DumpedTtys();
    private final RestoredTtys restored = new RestoredTtys();

    @Override
    public String id() {
        return "ttys";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new TtyKind(dumped, restored));
    }

    @Override
    public Collection<DumpHook> dumpHooks() {
        return List.of(new InputReturn(DumpStage.FREEZE, dumped), new InputReturn(DumpStage.RELEASE, dumped));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new TerminalHook(RestoreStage.TASKS, restored), new TerminalHook(RestoreStage.DEFERRED, restored),
                new TerminalHook(RestoreStage.RESUME, restored));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(SHELL_JOB, "",
                "The tree was started from a terminal: restore it onto the terminal that Stasis then runs in (short: -j)."));
    }
}
