package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.endtoend.ToolJvm;
import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tool as a service manager starts it: with descriptors from 3 on, which have names. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class InheritFdCommandSpec {

    /** The command line of the tool, for a shell. */
    static String java(Sandbox sandbox) {
        return "'" + String.join("' '", ToolJvm.command(sandbox.directory().toString())) + "' dev.stasis.host.cli.Main";
    }

    /** A program that holds the file {@code old} as descriptor 7, in an image. */
    private static Path image(Stasis stasis, Sandbox sandbox) {
        Program program = sandbox.start("bash", "-c", "exec 7>>old; touch ready; exec sleep 1000");
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready"))
                && program.systemCall().equals(Optional.of(SyscallNumber.CLOCK_NANOSLEEP)));
        return PipeCycle.dumpAndKill(stasis, sandbox, program, Map.of());
    }

    private static Program tool(Sandbox sandbox, Path image, String redirections, String options) {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        Program tool = sandbox.start("bash", "-c", redirections + " exec " + java(sandbox) + " restore -d -D " + image
                + " --plugins-dir plugins " + options);
        tool.awaitEnd();
        return tool;
    }

    private static String link(Pid pid, int fd) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd)).toString();
    }

    private static Pid restored(Sandbox sandbox, Path image) throws Exception {
        Pid pid = pid(image);
        sandbox.own(Program.attach(pid));
        return pid;
    }

    /** What the tool wrote into the pid file beside {@code image}. */
    static Pid pid(Path image) throws IOException {
        return new Pid(Integer.parseInt(Files.readString(image.resolve("pid")).strip()));
    }

    @Test
    void aDescriptorIsNamedByTheEnvironment(Stasis stasis, Sandbox sandbox) throws Exception {
        Path image = image(stasis, sandbox);
        tool(sandbox, image, "exec 3</dev/null 4>>new; export LISTEN_FDNAMES=web:log LISTEN_PID=$$;",
                "--pidfile pid --inherit-fd 'fd[log]:" + sandbox.path("old") + "'");
        assertThat(Files.readString(sandbox.path("output"))).doesNotContain("not done");
        assertThat(link(restored(sandbox, image), 7)).isEqualTo(sandbox.path("new").toString());
    }

    @Test
    void descriptorsAreGivenByNumberAndSeveralOptionsAreTaken(Stasis stasis, Sandbox sandbox) throws Exception {
        Path image = image(stasis, sandbox);
        tool(sandbox, image, "exec 9>>new;", "--pidfile pid --inherit-stdio --inherit-fd 'fd[9]:" + sandbox.path("old") + "'");
        Pid pid = restored(sandbox, image);
        assertThat(link(pid, 7)).isEqualTo(sandbox.path("new").toString());
        assertThat(link(pid, 1)).isEqualTo(sandbox.path("output").toString());
    }

    @Test
    void aNameForAnotherProcessAndAClosedDescriptorAreRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Path image = image(stasis, sandbox);
        Program tool = tool(sandbox, image, "exec 3>>new; export LISTEN_FDNAMES=log LISTEN_PID=1;",
                "--inherit-fd 'fd[log]:old' --inherit-fd 'fd[8]:" + sandbox.path("old").toString().substring(1) + "'");
        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).isTrue());
        assertThat(Files.readString(sandbox.path("output")))
                .contains("--inherit-fd fd[log]:old: the descriptors of LISTEN_FDNAMES are meant for process 1")
                .contains("this process was not given a descriptor 8");
    }
}
