package dev.stasis.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.thirdparty.faulty.FailingToStartPlugin;
import dev.stasis.thirdparty.faulty.Fault;
import dev.stasis.thirdparty.faulty.FaultyRemapsPlugin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Remaps of a third party that fail, in whatever way and through whatever door they came: the refusal names jar and plugin, the
 * tree runs on, no process and no image is left, and an image that was made is sound.
 */
@ExtendWith(SandboxExtension.class)
class FaultyRemapsSpec {
    private static final List<String> WAYS = List.of("throw", "null", "errno", "error");

    private Stasis stasis;
    private Path jar;

    @ParameterizedTest
    @EnumSource
    void thatFindPathsInTheDump(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        try (Stasis running = started(door, sandbox)) {
            Puppet puppet = withDeletedFile(sandbox);
            refusedDumps(puppet, sandbox, List.of("path-claim", "content-bytes", "path-dump"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void thatFindPathsInTheRestore(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        try (Stasis running = started(door, sandbox)) {
            refusedRestores(withDeletedFile(sandbox), sandbox, List.of("path-plan", "path-open"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void thatFindMountsInTheDump(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        try (Stasis running = started(door, sandbox)) {
            Puppet puppet = withFileOnDetachedMount(sandbox);
            refusedDumps(puppet, sandbox, List.of("mount-claim", "present-root", "mount-link", "mount-dump", "root-in-dump"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void thatFindMountsInTheRestore(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        try (Stasis running = started(door, sandbox)) {
            refusedRestores(withFileOnDetachedMount(sandbox), sandbox, List.of("mount-plan", "mount-root", "path-open"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void thatCannotEvenBeMadeAreNamedWhereNobodyElseFindsTheFile(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        Path plugins = Files.createDirectory(sandbox.path("plugins"));
        FaultyJar.regularFiles(plugins);
        jar = door.jar(plugins, FailingToStartPlugin.class);
        try (Stasis running = Stasis.start(plugins, new RecordingLog())) {
            stasis = running;
            Puppet puppet = withDeletedFile(sandbox);
            assertThat(refusedDump(puppet, sandbox, Map.of())).anySatisfy(problem -> assertThat(problem)
                    .contains(jar.toString()).contains("no mood"));
        }
    }

    private Stasis started(FaultyJar.Door door, Sandbox sandbox) throws Exception {
        Path plugins = Files.createDirectory(sandbox.path("plugins"));
        FaultyJar.regularFiles(plugins);
        jar = door.jar(plugins, FaultyRemapsPlugin.class);
        stasis = Stasis.start(plugins, new RecordingLog());
        assertThat(stasis.plugins()).extracting(plugin -> plugin.id()).containsExactlyInAnyOrder("faulty", "regular-files");
        return stasis;
    }

    private static Puppet withDeletedFile(Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        puppet.open(sandbox.path("scripted"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.letGo();
        Files.delete(sandbox.path("scripted"));
        return puppet;
    }

    private static Puppet withFileOnDetachedMount(Sandbox sandbox) {
        Path mount = sandbox.mountTmpfs("mount", "size=64k");
        Puppet puppet = sandbox.puppet();
        puppet.open(mount.resolve("scripted"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.letGo();
        Command.run("umount", "-l", mount.toString());
        sandbox.own(() -> Command.run("mount", "-t", "tmpfs", "stasis-test", mount.toString())); // for the sandbox to unmount
        return puppet;
    }

    private void refusedDumps(Puppet puppet, Sandbox sandbox, List<String> points) {
        for (String point : points) {
            for (String way : WAYS) {
                assertNamed(point + ":" + way, refusedDump(puppet, sandbox, Map.of(Fault.OPTION, point + ":" + way)));
            }
        }
    }

    private void assertNamed(String fault, List<String> refusal) {
        assertThat(refusal).as("the refusal when it fails by " + fault).anySatisfy(problem -> assertThat(problem)
                .contains("plugin faulty 1.2.3 in " + jar));
    }

    private List<String> refusedDump(Puppet puppet, Sandbox sandbox, Map<String, String> options) {
        Path image = sandbox.path("image");
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.dump(DumpRequest.of(puppet.pid(), image).withPluginOptions(options), Progress.NONE));
        assertThat(refusal).as("the refusal with " + options).isNotNull();
        assertThat(image).doesNotExist();
        Await.until("the puppet waits as before", () -> puppet.program().systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
        return refusal.problems().stream().map(Problem::toString).toList();
    }

    private void refusedRestores(Puppet puppet, Sandbox sandbox, List<String> points) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(puppet.pid(), image), Progress.NONE);
        puppet.program().awaitEnd();
        for (String point : points) {
            for (String way : WAYS) {
                RestoreRequest request = RestoreRequest.of(image).withPluginOptions(Map.of(Fault.OPTION, point + ":" + way));
                StasisException refusal = catchThrowableOfType(StasisException.class, () -> stasis.restore(request, Progress.NONE));
                assertThat(refusal).as("the refusal when it fails by " + point + ":" + way).isNotNull();
                assertNamed(point + ":" + way, refusal.problems().stream().map(Problem::toString).toList());
                Await.until("nobody has the pid", () -> !Files.exists(Path.of("/proc", puppet.pid().toString())));
            }
        }
        Program back = sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()));
        Await.until("the puppet waits", () -> back.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
    }
}
