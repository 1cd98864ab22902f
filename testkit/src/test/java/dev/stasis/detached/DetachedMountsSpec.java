package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that hold files of mounts which were unmounted lazily are dumped, killed and brought back. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DetachedMountsSpec {

    /** Opens files of all sorts below {@code mount}; unmounts it; through death; all is as it was. */
    private static final String OPENED = """
            os.open('mount/in/file', os.O_RDWR); os.lseek(3, 4, 0); os.open('mount/in', os.O_RDONLY)
            os.open('mount/in/log', os.O_WRONLY | os.O_APPEND | os.O_CREAT); os.write(5, b'line\\n')
            os.open('mount', os.O_PATH); os.open('mount/in/file', os.O_RDONLY | os.O_NONBLOCK); os.dup(3)
            os.chdir('mount/in')""";

    private static void fill(Sandbox sandbox, String directory) throws Exception {
        Files.createDirectories(sandbox.path(directory + "/in"));
        Files.writeString(sandbox.path(directory + "/in/file"), "contents of the file");
    }

    @Test
    void filesOfABindMountComeBackOnOneMountThatIsNowhere(Stasis stasis, Sandbox sandbox) throws Exception {
        fill(sandbox, "source");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        Program program = detaching.start(OPENED, "");
        detaching.detach("mount");
        String before = detaching.report(program);
        assertThat(before).contains("3: /in/file |").contains("cwd: /in |");
        Program back = detaching.throughDeath(program);
        assertThat(detaching.report(back)).isEqualTo(before);
    }
}
