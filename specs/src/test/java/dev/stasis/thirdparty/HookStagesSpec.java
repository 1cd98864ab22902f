package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.phase.Dump;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.contract.AssertingPlugin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hook is called at the stage that it names, whichever that is: once, in order, with an image that it may write to. */
@ExtendWith(SandboxExtension.class)
class HookStagesSpec {
    private final List<String> called = new ArrayList<>();

    @Test
    void ofADumpThatEndsTheTreeAndOfItsRestore(Sandbox sandbox) {
        PluginRun run = new PluginRun(sandbox);
        Puppet puppet = run.puppet();
        Path image = run.dump(puppet, PluginRun.with(AssertingPlugin.of(new EveryStage())));
        assertThat(called).containsExactly("FREEZE", "COLLECT", "FILES", "LATE", "MEMORY", "SEAL");
        called.clear();
        run.restore(image, PluginRun.with(AssertingPlugin.of(new EveryStage())));
        assertThat(called).containsExactly(Arrays.stream(RestoreStage.values()).map(stage -> stage + " reads 6").toArray(String[]::new));
    }

    @Test
    void ofADumpThatLeavesTheTreeRunning(Sandbox sandbox) {
        Puppet puppet = new PluginRun(sandbox).puppet();
        new Dump(PluginRun.with(AssertingPlugin.of(new EveryStage())),
                DumpRequest.of(puppet.pid(), sandbox.path("image")).then(Afterwards.LEAVE_RUNNING), Progress.NONE, new RecordingLog()).run();
        assertThat(called).containsExactly(Arrays.stream(DumpStage.values()).map(Enum::name).toArray(String[]::new));
    }

    /** Has a hook at each stage, each with an image file of its own. */
    private final class EveryStage implements StasisPlugin {
        @Override
        public String id() {
            return "every-stage";
        }

        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public Collection<DumpHook> dumpHooks() {
            return Arrays.stream(DumpStage.values()).<DumpHook>map(AtDump::new).toList();
        }

        @Override
        public Collection<RestoreHook> restoreHooks() {
            return Arrays.stream(RestoreStage.values()).<RestoreHook>map(AtRestore::new).toList();
        }
    }

    private final class AtDump implements DumpHook {
        private final DumpStage stage;

        AtDump(DumpStage stage) {
            this.stage = stage;
        }

        @Override
        public DumpStage stage() {
            return stage;
        }

        @Override
        public void run(List<OpenFile> files, DumpContext context) {
            called.add(stage.name());
            if (stage != DumpStage.RELEASE) {
                try (Fd file = context.image().create("every-stage-" + stage.ordinal() + ".img")) {
                    FileCalls.write(file, stage.name().getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private final class AtRestore implements RestoreHook {
        private final RestoreStage stage;

        AtRestore(RestoreStage stage) {
            this.stage = stage;
        }

        @Override
        public RestoreStage stage() {
            return stage;
        }

        @Override
        public void run(List<FileRecord> records, RestoreContext context) {
            int read = 0;
            for (DumpStage one : DumpStage.values()) {
                if (one != DumpStage.RELEASE) {
                    try (Fd file = context.image().open("every-stage-" + one.ordinal() + ".img").orElseThrow()) {
                        read += new String(FileCalls.read(file, 100), StandardCharsets.UTF_8).equals(one.name()) ? 1 : 0;
                    }
                }
            }
            called.add(stage + " reads " + read);
        }
    }
}
