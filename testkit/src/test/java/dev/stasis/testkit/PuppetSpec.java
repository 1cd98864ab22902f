package dev.stasis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class PuppetSpec {
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;

    @Test
    void opensAndWritesFilesAsTold(Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(sandbox.path("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        puppet.write(fd, "some text".getBytes());

        assertThat(Files.readString(sandbox.path("file"))).isEqualTo("some text");
        assertThat(puppet.position(fd)).isEqualTo(9);
        assertThat(puppet.duplicate(fd).number()).isEqualTo(fd.number() + 1);
    }

    @Test
    void holdsNothingButThreeDescriptorsWhenItStarts(Sandbox sandbox) throws Exception {
        try (var descriptors = Files.list(Path.of("/proc/" + sandbox.puppet().pid() + "/fd"))) {
            assertThat(descriptors.map(fd -> fd.getFileName().toString())).containsExactlyInAnyOrder("0", "1", "2");
        }
    }

    @Test
    void keepsWhatItWasToldAfterItWasLetGoAndAttachedAgain(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress memory = puppet.map(4096, READ_WRITE, PRIVATE_ANONYMOUS);
        puppet.memory().writeLong(memory, 4711);
        puppet.letGo();
        assertThatThrownBy(puppet::calls).isInstanceOf(IllegalStateException.class).hasMessageContaining("let go");

        try (Puppet again = Puppet.attach(puppet.pid())) {
            assertThat(again.memory().readLong(memory)).isEqualTo(4711);
        }
        assertThat(puppet.program().isAlive()).isFalse();
    }

    @Test
    void waitsInPauseWithoutATraceOfTheAttachmentWhenItIsLetGo(Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        String before = Files.readString(Path.of("/proc/" + puppet.pid() + "/maps"));
        puppet.letGo();
        String after = Files.readString(Path.of("/proc/" + puppet.pid() + "/maps"));

        assertThat(before.lines().count()).isEqualTo(after.lines().count() + 1);
        assertThat(Files.readString(Path.of("/proc/" + puppet.pid() + "/status"))).contains("TracerPid:\t0\n")
                .contains("SigBlk:\t0000000000000000");
    }

    @Test
    void aCallThatTheKernelRefusesThrowsWithTheErrno(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        assertThatThrownBy(() -> puppet.open(sandbox.path("missing"), OpenFlags.RDONLY, 0))
                .isInstanceOf(KernelException.class).hasMessageContaining("ENOENT").hasMessageContaining("puppet " + puppet.pid());
    }

    @Test
    void receivesDescriptorsOfTheTest(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        try (Fd memory = FileCalls.memfd("handed over")) {
            FileCalls.write(memory, "abc".getBytes());
            RemoteFd received = puppet.calls().receive(memory);
            assertThat(puppet.position(received)).isEqualTo(3);
        }
    }

    @Test
    void forksChildrenThatShareItsOpenFiles(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteFd fd = puppet.open(sandbox.path("file"), OpenFlags.RDWR.with(OpenFlags.CREAT), 0600);
        Puppet child = puppet.fork();
        RemoteFd ofChild = new RemoteFd(child.pid(), fd.number());
        child.write(ofChild, "12345".getBytes());

        assertThat(puppet.position(fd)).isEqualTo(5);
        assertThat(ProcessCalls.compareFiles(fd, ofChild)).isZero();
    }

    @Test
    void startsThreads(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        Pid thread = puppet.startThread();
        puppet.letGo();
        assertThat(puppet.program().threads()).containsExactly(puppet.pid(), thread);
    }

    @Test
    void diesWithAllItsChildrenWhenItIsClosed(Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        Pid child = puppet.fork().fork().pid();
        puppet.close();
        puppet.close();

        assertThat(ProcessHandle.of(child.number())).isEmpty();
        assertThat(FileCalls.tryStatus(UnixPath.of("/proc/" + puppet.pid()))).isEmpty();
    }
}
