package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The image of a real program is read by CRIU's own decoder, {@code crit} of Debian's package criu, which this needs. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class CritSpec {
    private SelfChecking program;
    private List<Pid> threads;
    private Path image;

    @BeforeEach
    void dumpTheCProgram(Stasis stasis, Sandbox sandbox) {
        program = SelfChecking.inC(sandbox);
        threads = program.program().threads();
        image = new Cycle(stasis, sandbox).dumpAndLeave(program.pid(), "image");
    }

    @Test
    void decodesEveryFileThatItKnows() throws IOException {
        try (Stream<Path> files = Files.list(image)) {
            for (Path file : files.filter(CritSpec::isKnown).sorted().toList()) {
                assertThat(decode(file.getFileName().toString())).as("%s", file).contains("\"magic\"");
            }
        }
    }

    @Test
    void showsTheTreeWithItsThreads() {
        String tree = decode("pstree.img");
        assertThat(tree).contains("\"pid\": " + program.pid()).contains("\"pgid\": " + program.pid())
                .contains("\"sid\": " + program.pid());
        for (Pid thread : threads) {
            assertThat(tree).contains(thread.toString());
            assertThat(decode("core-" + thread + ".img")).contains("\"mtype\": \"X86_64\"");
        }
        assertThat(decode("core-" + program.pid() + ".img")).contains("\"comm\": \"self-checking\"");
    }

    @Test
    void showsTheOpenFilesWithTheirPathsAndFlags() {
        String files = decode("files.img");
        for (Path file : program.lines()) {
            assertThat(files).contains("\"name\": \"" + file + "\"");
        }
        assertThat(files).contains("\"type\": \"REG\"").contains("O_WRONLY");
    }

    @Test
    void showsTheProcessesMemoryAndDescriptorsAsPeopleReadThem() {
        assertThat(crit("x", image.toString(), "ps")).contains(program.pid().toString());
        assertThat(crit("x", image.toString(), "fds")).contains(program.lines().get(0).toString());
        assertThat(crit("x", image.toString(), "mems")).contains("[stack").contains("[vdso]").contains("workload");
    }

    private String decode(String file) {
        return crit("decode", "--pretty", "-i", image.resolve(file).toString());
    }

    private static String crit(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = Program.find("crit").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Command.run(command);
    }

    /** Memory contents have no format, and what begins with our own name CRIU does not know. */
    private static boolean isKnown(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith("pages-") && !name.startsWith("stasis-") && !name.equals("stats-restore");
    }
}
