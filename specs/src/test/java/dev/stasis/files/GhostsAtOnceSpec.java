package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.FileRecord;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two restores at the same time, in the same directory and under the same name, do not get into each other's way. */
@ExtendWith(SandboxExtension.class)
class GhostsAtOnceSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 20);

    private static List<String> restored(FilesCycle cycle, FileRecord ghost) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            Fd file = cycle.open().get(ghost.id());
            found.add(FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number())).fileName() + " "
                    + FileCalls.status(file).links() + " " + new String(FileCalls.read(file, 100)));
            cycle.close();
        }
        return found;
    }

    private static FilesCycle cycle(Sandbox sandbox, String image) throws Exception {
        return sandbox.own(new FilesCycle(Files.createDirectories(sandbox.path(image)), new RegularFilesPlugin(),
                new GhostFilesPlugin()));
    }

    @Test
    void bothGetTheirOwnGhostAndTheOtherFileOfThatNameStays(Sandbox sandbox) throws Exception {
        FilesCycle one = cycle(sandbox, "one");
        FilesCycle other = cycle(sandbox, "other");
        FileRecord ghost;
        try (Program program = Holding.start(sandbox, """
                os.open('name', os.O_RDWR | os.O_CREAT); os.write(3, b'old'); os.lseek(3, 0, 0)
                open('new', 'w').write('new'); os.rename('new', 'name')""");
                Chain chain = Holding.chain(program)) {
            one.dump(chain);
            ghost = other.dump(chain).stream().filter(r -> r.link().endsWith(" (deleted)")).findFirst().orElseThrow();
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<List<String>> ofOne = threads.submit(() -> restored(one, ghost));
            Future<List<String>> ofOther = threads.submit(() -> restored(other, ghost));
            assertThat(ofOne.get()).hasSize(ROUNDS).containsOnly("name (deleted) 0 old");
            assertThat(ofOther.get()).hasSize(ROUNDS).containsOnly("name (deleted) 0 old");
        } finally {
            threads.shutdown();
        }
        assertThat(sandbox.path("name")).hasContent("new");
    }
}
