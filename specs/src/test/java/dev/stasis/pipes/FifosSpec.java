package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** FIFOs come back by their path, in every access mode, with what was in them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class FifosSpec {

    private static Path fifo(Sandbox sandbox) {
        Path fifo = sandbox.path("fifo");
        Command.run("mkfifo", "-m", "600", fifo.toString());
        return fifo;
    }

    @Test
    void everyAccessModeAndTheContents(Stasis stasis, Sandbox sandbox) {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int both = puppet.open(path, OpenFlags.RDWR, 0).number();
        int read = puppet.open(path, OpenFlags.RDONLY, 0).number();
        int write = puppet.open(path, OpenFlags.WRONLY.with(OpenFlags.NONBLOCK), 0).number();
        OpenFlags flags = PuppetPipe.flags(puppet, write);
        PuppetPipe.capacity(puppet, both, 1 << 17);
        PuppetPipe.write(puppet, write, "in the FIFO");

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.flags(back, write)).isEqualTo(flags);
        assertThat(PuppetPipe.flags(back, read).has(OpenFlags.NONBLOCK)).isFalse();
        assertThat(PuppetPipe.capacity(back, both)).isEqualTo(1 << 17);
        assertThat(PuppetPipe.read(back, read, 100)).isEqualTo("in the FIFO");
        PuppetPipe.write(back, both, "on");
        assertThat(PuppetPipe.read(back, read, 100)).isEqualTo("on");
    }

    @Test
    void aLoneWriterAndALoneReaderWaitForNobody(Stasis stasis, Sandbox sandbox) {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int read = puppet.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0).number();
        int write = puppet.open(path, OpenFlags.WRONLY, 0).number();
        PuppetPipe.write(puppet, write, "left");
        PuppetPipe.close(puppet, read);

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.available(back, write)).isEqualTo(4);
        assertThat(PuppetPipe.flags(back, write).has(OpenFlags.NONBLOCK)).isFalse();
    }

    @Test
    void aReaderThatNeverHadAWriterIsNotToldThatItsWritersHaveGone(Stasis stasis, Sandbox sandbox) {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int read = puppet.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0).number();
        assertThat(PuppetPipe.hasHungUp(puppet, read)).isFalse();

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.hasHungUp(back, read)).isFalse();
        PuppetPipe.close(back, back.open(path, OpenFlags.WRONLY, 0).number());
        assertThat(PuppetPipe.hasHungUp(back, read)).isTrue();
    }

    @Test
    void aReaderWhoseWritersHaveGoneIsToldSo(Stasis stasis, Sandbox sandbox) {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int read = puppet.open(path, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0).number();
        PuppetPipe.close(puppet, puppet.open(path, OpenFlags.WRONLY, 0).number());

        assertThat(PuppetPipe.hasHungUp(PipeCycle.throughDeath(stasis, sandbox, puppet), read)).isTrue();
    }

    @Test
    void whatAnOutsiderKeepsOpenIsNotPutInTwice(Stasis stasis, Sandbox sandbox) throws Exception {
        Path path = fifo(sandbox);
        Program outsider = sandbox.start("bash", "-c", "exec 3<>" + path + "; touch open; exec sleep 1000");
        Await.until("the outsider has it open", () -> Files.exists(sandbox.path("open")));
        Puppet puppet = sandbox.puppet();
        int both = puppet.open(path, OpenFlags.RDWR, 0).number();
        PuppetPipe.write(puppet, both, "once");

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.available(back, both)).isEqualTo(4);
        assertThat(outsider.isAlive()).isTrue();
    }

    @Test
    void aFifoThatIsGoneIsSaidBeforeAnythingIsRestored(Stasis stasis, Sandbox sandbox) throws Exception {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int both = puppet.open(path, OpenFlags.RDWR, 0).number();
        puppet.letGo();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
        Files.delete(path);
        assertThat(PipeCycle.refusedRestore(stasis, image, Map.of())).singleElement().asString().isEqualTo("fd " + both + " of task "
                + puppet.pid() + " (" + path + "): there is no such file any more (make it again: mkfifo " + path + ")");
    }

    @Test
    void aFifoWithoutAPathComesBackWithItsContents(Stasis stasis, Sandbox sandbox) throws Exception {
        Path path = fifo(sandbox);
        Puppet puppet = sandbox.puppet();
        int both = puppet.open(path, OpenFlags.RDWR, 0).number();
        PuppetPipe.write(puppet, both, "nameless");
        Files.delete(path);

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(back, both, 100)).isEqualTo("nameless");
        assertThat(path).doesNotExist();
    }

    @Test
    void aPythonServerGoesOnReadingCommands(Stasis stasis, Sandbox sandbox) throws Exception {
        Path path = fifo(sandbox);
        Path answers = sandbox.path("answers");
        Program server = sandbox.start("python3", "-uc", "import os; f = os.fdopen(os.open('" + path + "', os.O_RDWR), 'r')\nwhile True:\n"
                + "    command = f.readline().strip()\n    open('" + answers + "', 'a').write('did ' + command + '\\n')\n"
                + "    if command == 'end': break\n");
        command(path, "one");
        awaitText(answers, "did one\n");
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, server, Map.of());
        Program back = PipeCycle.restore(stasis, sandbox, image, Map.of());
        command(path, "two");
        command(path, "end");
        back.awaitEnd();
        assertThat(answers).hasContent("did one\ndid two\ndid end\n");
    }

    private static void command(Path fifo, String text) {
        try (Fd pipe = FileCalls.open(UnixPath.of(fifo.toString()), OpenFlags.RDWR, 0)) {
            FileCalls.write(pipe, (text + "\n").getBytes());
            Await.until("the command is read", () -> PipeCalls.available(pipe) == 0);
        }
    }

    private static void awaitText(Path file, String text) {
        Await.until(file + " says " + text, () -> {
            try {
                return Files.exists(file) && Files.readString(file).equals(text);
            } catch (IOException e) {
                return false;
            }
        });
    }
}
