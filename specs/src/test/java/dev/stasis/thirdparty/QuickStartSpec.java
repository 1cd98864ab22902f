package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a run does not need it does not load. */
@ExtendWith(SandboxExtension.class)
class QuickStartSpec {

    @Test
    void neitherTheFrameworkNorTheDoorOfPlainJarsIsLoadedForBundlesThatNeedOnlyTheHost(Sandbox sandbox) throws IOException {
        Path plugins = PluginJars.collect(sandbox.path("plugins"), name -> true);
        Path loaded = sandbox.path("loaded");
        Program tool = sandbox.own(Program.start(sandbox.directory(), sandbox.path("output"), List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=" + loaded, "-Djava.io.tmpdir=" + sandbox.directory(),
                "-Dstasis.config=" + sandbox.path("config"), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.stasis.host.cli.Main", "plugins", "list", "--plugins-dir", plugins.toString())));
        tool.awaitEnd();
        assertThat(Files.readString(sandbox.path("output"))).contains("regular-files ");
        assertThat(loaded).content().contains("] dev.stasis.plugins.regularfiles").doesNotContain("] org.apache.felix").doesNotContain("org.pf4j").doesNotContain("Pf4j")
                .doesNotContain("org.slf4j");
    }
}
