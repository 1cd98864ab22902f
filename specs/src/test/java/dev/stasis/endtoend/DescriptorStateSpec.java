package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.DUP3;
import static dev.stasis.linux.SyscallNumber.FCNTL;
import static dev.stasis.linux.SyscallNumber.GETDENTS64;
import static dev.stasis.linux.SyscallNumber.LSEEK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Open files come back with flags, position, owner and sharing; every cycle compares /proc's fd and fdinfo too. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class DescriptorStateSpec {
    private static final int F_GETFD = 1;
    private static final int F_SETOWN = 8;
    private static final int F_GETOWN = 9;
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;

    @Test
    void accessModeStatusFlagsAndPosition(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        OpenFlags create = OpenFlags.CREAT.with(OpenFlags.NONBLOCK);
        RemoteFd append = puppet.open(sandbox.path("log"), create.with(OpenFlags.WRONLY).with(OpenFlags.APPEND), 0600);
        RemoteFd both = puppet.open(sandbox.path("both"), create.with(OpenFlags.RDWR).with(OpenFlags.NOATIME), 0600);
        puppet.write(append, "12345".getBytes());
        puppet.write(both, "1234567".getBytes());
        puppet.call(LSEEK, both.number(), 3, 0);
        OpenFlags flags = puppet.flags(both);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(back.flags(both)).isEqualTo(flags);
        assertThat(back.read(both, 100)).asString().isEqualTo("4567");
        back.write(append, "6".getBytes());
        assertThat(sandbox.path("log")).hasContent("123456");
    }

    @Test
    void sharingBetweenDescriptorsAndHighNumbers(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(sandbox.path("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        RemoteFd again = puppet.open(sandbox.path("file"), OpenFlags.RDWR, 0);
        puppet.call(DUP3, fd.number(), 900, OpenFlags.CLOEXEC.bits());
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        RemoteFd copy = new RemoteFd(back.pid(), 900);
        assertThat(ProcessCalls.compareFiles(fd, copy)).isZero();
        assertThat(ProcessCalls.compareFiles(fd, again)).isNotZero();
        assertThat(back.call(FCNTL, 900, F_GETFD)).isEqualTo(1);
        assertThat(back.call(FCNTL, fd.number(), F_GETFD)).isZero();
    }

    @Test
    void ownerAndSignal(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(sandbox.path("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.call(FCNTL, fd.number(), F_SETOWN, puppet.pid().number());
        puppet.call(FCNTL, fd.number(), F_SETSIG, 40);
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);

        assertThat(back.call(FCNTL, fd.number(), F_GETOWN)).isEqualTo(puppet.pid().number());
        assertThat(back.call(FCNTL, fd.number(), F_GETSIG)).isEqualTo(40);
    }

    @Test
    void directoriesLinksAndDevices(Stasis stasis, Sandbox sandbox) throws IOException {
        Files.createDirectories(sandbox.path("folder/one"));
        Files.createDirectories(sandbox.path("folder/two"));
        Files.createSymbolicLink(sandbox.path("link"), Path.of("nowhere"));
        Puppet puppet = sandbox.puppet();
        RemoteFd folder = puppet.open(sandbox.path("folder"), OpenFlags.DIRECTORY, 0);
        puppet.open(sandbox.path("folder"), OpenFlags.PATH.with(OpenFlags.DIRECTORY), 0);
        puppet.open(sandbox.path("link"), OpenFlags.PATH.with(OpenFlags.NOFOLLOW), 0);
        for (String device : new String[] {"null", "zero", "full", "random", "urandom"}) {
            puppet.open(Path.of("/dev", device), OpenFlags.RDWR, 0);
        }
        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet);
        assertThat(back.call(GETDENTS64, folder.number(), back.calls().lend(4096).value(), 4096)).isPositive();
    }

    @Test
    void aPathThatIsLongerThanTheKernelTakesAtOnce(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        String name = "d".repeat(200);
        for (int depth = 0; depth < 25; depth++) {
            puppet.call(83, puppet.calls().lend(Bytes.text(name)).value(), 0700);
            puppet.call(80, puppet.calls().lend(Bytes.text(name)).value());
        }
        RemoteFd deep = puppet.open(Path.of("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.write(deep, "deep down".getBytes());
        puppet.letGo();
        Cycle cycle = new Cycle(stasis, sandbox);
        Puppet back = sandbox.own(Puppet.attach(cycle.restore(cycle.dumpAndKill(puppet.program(), "image")).pid()));

        back.call(LSEEK, deep.number(), 0, 0);
        assertThat(back.read(deep, 100)).asString().isEqualTo("deep down");
    }

    @Test
    void aFileThatIsGoneOrAnotherOneIsRefusedByName(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = sandbox.path("file");
        Path image = dumpedWith(stasis, sandbox, file);
        Files.move(file, sandbox.path("moved"));
        assertRefused(stasis, image, file);
        Files.writeString(file, "12345");
        assertRefused(stasis, image, file);
    }

    @Test
    void aFileOfAnotherSizeIsRefusedByName(Stasis stasis, Sandbox sandbox) throws IOException {
        Path file = sandbox.path("file");
        Path image = dumpedWith(stasis, sandbox, file);
        Files.writeString(file, "more", StandardOpenOption.APPEND);
        assertRefused(stasis, image, file);
        Files.writeString(file, "1");
        assertRefused(stasis, image, file);
        Files.writeString(file, "12345");
        new Cycle(stasis, sandbox).restore(image);
    }

    private static Path dumpedWith(Stasis stasis, Sandbox sandbox, Path file) {
        Puppet puppet = sandbox.puppet();
        puppet.write(puppet.open(file, OpenFlags.RDWR.with(OpenFlags.CREAT), 0600), "12345".getBytes());
        puppet.letGo();
        return new Cycle(stasis, sandbox).dumpAndKill(puppet.program(), "image");
    }

    private static void assertRefused(Stasis stasis, Path image, Path file) {
        assertThatThrownBy(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE)).isInstanceOf(StasisException.class)
                .hasMessageContaining(file.toString());
    }
}
