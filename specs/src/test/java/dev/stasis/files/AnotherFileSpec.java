package dev.stasis.files;

import static dev.stasis.files.FilesCycle.cycle;
import static dev.stasis.files.FilesCycle.dump;
import static dev.stasis.files.FilesCycle.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that lead to a file which is another one by now, or may be, though its number is as before. */
@ExtendWith(SandboxExtension.class)
class AnotherFileSpec {

    private static Path ext4(Sandbox sandbox) throws Exception {
        String device = sandbox.path("device").toString();
        Command.run("truncate", "-s", "4M", device);
        Command.run("/usr/sbin/mkfs.ext4", "-q", "-I", "256", device);
        Path mount = Files.createDirectory(sandbox.path("disk"));
        Command.run("mount", "-o", "loop", device, mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    /** ext4, for one, gives the number of a deleted inode to the next file. */
    @ParameterizedTest
    @ValueSource(strings = {"os.O_RDWR", "os.O_RDONLY", "os.O_PATH"})
    void aFileThatWasDeletedAndMadeAnewIsAnotherOneThoughItGotTheSameInodeNumber(String flags, Sandbox sandbox) throws Exception {
        Path mount = ext4(sandbox);
        Files.writeString(mount.resolve("data"), "abc");
        FilesCycle cycle = cycle(sandbox);
        List<FileRecord> records = dump(cycle, sandbox, "os.open('disk/data', " + flags + ")");
        assertThat(cycle.plan()).isEmpty();
        Files.delete(mount.resolve("data"));
        Files.writeString(mount.resolve("data"), "XYZ");
        assertThat(FileCalls.tryStatus(UnixPath.of(mount.resolve("data").toString())).orElseThrow().inode().number())
                .isEqualTo(record(records, "data").identity().inode().number());
        assertThat(cycle.plan()).extracting(Problem::reason).singleElement().asString().contains("was deleted, and made anew since");
        assertThat(cycle.with("take-changed-files").plan()).isEmpty();
    }

    @Test
    void filesOfTheTreesOwnProcessesAreFoundAgainByPath(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('/proc/%d/status' % os.getpid(), os.O_RDONLY); os.open('/proc/sys/kernel/ostype', os.O_RDONLY)");
        assertThat(cycle.plan()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fdinfo/0", "task/THREAD/comm", "task/PROCESS/fdinfo/1"})
    void filesOfAPartOfAProcessAreRefusedAtDump(String name, Sandbox sandbox) throws Exception {
        try (Program program = Holding.start(sandbox, """
                import threading
                t = threading.Thread(target=lambda: time.sleep(600), daemon=True); t.start()
                os.open('/proc/self/NAME'.replace('PROCESS', str(os.getpid())).replace('THREAD', str(t.native_id)), os.O_RDONLY)"""
                .replace("NAME", name)); Chain chain = Holding.chain(program)) {
            assertThat(cycle(sandbox).problems(chain)).singleElement().asString().contains("fd 3 of task")
                    .contains("a file of one thread, descriptor or mapping");
        }
    }

    @Test
    void aFileOfAProcessOutsideTheTreeIsRefused(Sandbox sandbox) throws Exception {
        FilesCycle cycle = cycle(sandbox);
        dump(cycle, sandbox, "os.open('/proc/1/status', os.O_RDONLY)");
        assertThat(cycle.plan()).extracting(Problem::reason).singleElement().asString().contains("a process outside the tree");
    }
}
