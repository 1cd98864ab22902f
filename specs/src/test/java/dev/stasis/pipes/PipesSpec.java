package dev.stasis.pipes;

import static dev.stasis.pipes.PuppetPipe.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pipes come back with all that is in them, and with the same ends. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class PipesSpec {
    private static final int PAGE = 4096;
    private static final int SPLICE_F_GIFT = 8;

    private static final int SIGPIPE = 13;
    private static final int EPIPE = 32;

    @Test
    void contentsFlagsAndCapacityComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, OpenFlags.NONBLOCK);
        PuppetPipe.capacity(puppet, pipe.read(), 8192);
        PuppetPipe.write(puppet, pipe.write(), "in flight");

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.capacity(back, pipe.write())).isEqualTo(8192);
        assertThat(PuppetPipe.flags(back, pipe.read())).isEqualTo(OpenFlags.NONBLOCK);
        assertThat(PuppetPipe.flags(back, pipe.write())).isEqualTo(OpenFlags.WRONLY.with(OpenFlags.NONBLOCK));
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("in flight");
        PuppetPipe.write(back, pipe.write(), "more");
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("more");
    }

    @Test
    void aDumpThatLeavesTheTreeRunningConsumesNothing(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        PuppetPipe.write(puppet, pipe.write(), "kept");
        Puppet on = PipeCycle.leaveRunning(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(on, pipe.read(), 100)).isEqualTo("kept");
    }

    @Test
    void whatIsInAPipeWhoseReadEndIsClosedComesBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        PuppetPipe.write(puppet, pipe.write(), "unread");
        PuppetPipe.close(puppet, pipe.read());

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.available(back, pipe.write())).isEqualTo(6);
        int reader = PuppetPipe.reopen(back, pipe.write(), OpenFlags.RDONLY);
        assertThat(PuppetPipe.read(back, reader, 100)).isEqualTo("unread");
    }

    @Test
    void theEndComesBehindTheLastByteWhenTheWriteEndIsClosed(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        PuppetPipe.write(puppet, pipe.write(), "last");
        PuppetPipe.close(puppet, pipe.write());

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("last");
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEmpty();
    }

    @Test
    void aWriterWithoutAReaderGetsEpipe(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(1L << (SIGPIPE - 1));
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        PuppetPipe.close(puppet, pipe.read());

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        RemoteAddress byteOfIt = back.calls().lend(new byte[1]);
        assertThat(back.calls().tryCall(SyscallNumber.WRITE, pipe.write(), byteOfIt.value(), 1))
                .isEqualTo(-EPIPE);
    }

    @Test
    void severalOpenFilesOfOneEndStaySeveralAndDuplicatesStayOne(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        int twin = puppet.duplicate(PuppetPipe.fd(puppet, pipe.write())).number();
        int other = PuppetPipe.reopen(puppet, pipe.write(), OpenFlags.WRONLY.with(OpenFlags.NONBLOCK));
        int both = PuppetPipe.reopen(puppet, pipe.read(), OpenFlags.RDWR);

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.same(back, pipe.write(), twin)).isTrue();
        assertThat(PuppetPipe.same(back, pipe.write(), other)).isFalse();
        PuppetPipe.write(back, other, "a");
        PuppetPipe.write(back, both, "b");
        PuppetPipe.write(back, twin, "c");
        assertThat(PuppetPipe.read(back, both, 2)).isEqualTo("ab");
        assertThat(PuppetPipe.read(back, pipe.read(), 2)).isEqualTo("c");
    }

    @Test
    void threePacketsStayThreePackets(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, OpenFlags.DIRECT);
        PuppetPipe.write(puppet, pipe.write(), "one");
        PuppetPipe.write(puppet, pipe.write(), "2");
        PuppetPipe.write(puppet, pipe.write(), "three");

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.flags(back, pipe.write()).has(OpenFlags.DIRECT)).isTrue();
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("one");
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("2");
        assertThat(PuppetPipe.read(back, pipe.read(), 2)).isEqualTo("th");
        assertThat(PuppetPipe.available(back, pipe.read())).isZero();
    }

    @Test
    void packetsAmongPlainBytesStayWhatTheyWere(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, OpenFlags.DIRECT);
        PuppetPipe.write(puppet, pipe.write(), "packet");
        PuppetPipe.flags(puppet, pipe.write(), NONE);
        PuppetPipe.write(puppet, pipe.write(), "plain ");
        PuppetPipe.write(puppet, pipe.write(), "bytes");

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("packet");
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("plain bytes");
    }

    @Test
    void aFullPipeOfOneMebibyteComesBackFull(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        PuppetPipe.capacity(puppet, pipe.read(), 1 << 20);
        byte[] piece = new byte[1 << 16];
        for (int i = 0; i < 16; i++) {
            Arrays.fill(piece, (byte) ('a' + i));
            puppet.write(PuppetPipe.fd(puppet, pipe.write()), piece);
        }
        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.capacity(back, pipe.read())).isEqualTo(1 << 20);
        assertThat(PuppetPipe.available(back, pipe.read())).isEqualTo(1 << 20);
        for (int i = 0; i < 16; i++) {
            Arrays.fill(piece, (byte) ('a' + i));
            assertThat(back.read(PuppetPipe.fd(back, pipe.read()), piece.length)).isEqualTo(piece);
        }
    }

    @Test
    void whatIsInPipesIsReadByCrit(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, OpenFlags.DIRECT);
        PuppetPipe.write(puppet, pipe.write(), "packet");
        puppet.letGo();
        Path image = PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
        String contents = Command.run("crit", "decode", "-i", image.resolve("pipes-data.img").toString());
        assertThat(contents).contains("\"bytes\": 6").contains("\"size\": 65536").contains("cGFja2V0");
        assertThat(Command.run("crit", "decode", "-i", image.resolve("files.img").toString())).contains("\"type\": \"PIPE\"")
                .contains("\"pipe_id\": ");
    }

    @Test
    void pagesSplicedFromAFileComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        Puppet puppet = sandbox.puppet();
        Files.writeString(sandbox.path("source"), "spliced from a file");
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        int file = puppet.open(sandbox.path("source"), OpenFlags.RDONLY, 0).number();
        puppet.call(SyscallNumber.SPLICE, file, 0, pipe.write(), 0, 100, 0);

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("spliced from a file");
    }

    /** Pages of the writer's own memory, which it may still change, are in the pipe as they are when it is dumped. */
    @Test
    void pagesGiftedFromMemoryComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        RemoteAddress memory = puppet.map(3 * PAGE, 3, 0x22);
        for (int page = 0; page < 3; page++) {
            byte[] letters = new byte[PAGE];
            Arrays.fill(letters, (byte) ('p' + page));
            puppet.memory().write(memory.plus((long) page * PAGE), letters);
        }
        vmsplice(puppet, pipe.write(), memory, PAGE, SPLICE_F_GIFT);
        vmsplice(puppet, pipe.write(), memory.plus(PAGE + 100), PAGE, 0);
        puppet.memory().write(memory.plus(PAGE + 200), "changed since".getBytes());

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.available(back, pipe.read())).isEqualTo(2 * PAGE);
        assertThat(PuppetPipe.read(back, pipe.read(), PAGE)).isEqualTo("p".repeat(PAGE));
        assertThat(PuppetPipe.read(back, pipe.read(), PAGE))
                .isEqualTo("q".repeat(100) + "changed since" + "q".repeat(PAGE - 213) + "r".repeat(100));
    }

    private static void vmsplice(Puppet puppet, int pipe, RemoteAddress from, int length, int flags) {
        byte[] piece = new byte[16];
        ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN).putLong(from.value()).putLong(length);
        assertThat(puppet.call(SyscallNumber.VMSPLICE, pipe, puppet.calls().lend(piece).value(), 1, flags)).isEqualTo(length);
    }

    @Test
    void whoGetsSigioComesBackWithTheFlag(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        puppet.blockSignals(1L << 28);
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        puppet.call(SyscallNumber.FCNTL, pipe.read(), 8, puppet.pid().number());
        PuppetPipe.flags(puppet, pipe.read(), OpenFlags.ASYNC.with(OpenFlags.NONBLOCK));

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.flags(back, pipe.read())).isEqualTo(OpenFlags.ASYNC.with(OpenFlags.NONBLOCK));
        assertThat(back.call(SyscallNumber.FCNTL, pipe.read(), 9, 0)).isEqualTo(back.pid().number());
    }

    @Test
    void anEndIsSharedOverTheTree(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        Puppet child = puppet.fork();
        PuppetPipe.close(child, pipe.read());
        PuppetPipe.close(puppet, pipe.write());
        PuppetPipe.write(child, pipe.write(), "from the child");
        int pid = child.pid().number();
        child.letGo();

        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("from the child");
        Puppet childBack = sandbox.own(Puppet.attach(new Pid(pid)));
        PuppetPipe.write(childBack, pipe.write(), "again");
        assertThat(PuppetPipe.read(back, pipe.read(), 100)).isEqualTo("again");
        back.close(); // the parent first, so that nobody but us takes the child's exit status
        childBack.close();
    }

    @Test
    void ownerAndPermissionsOfAPipeComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, NONE);
        puppet.call(SyscallNumber.FCHOWN, pipe.read(), 12, 34);
        puppet.call(SyscallNumber.FCHMOD, pipe.read(), 0640);
        Puppet back = PipeCycle.throughDeath(stasis, sandbox, puppet);
        assertThat(PipeCycle.status(back, pipe.write()).uid()).isEqualTo(12);
        assertThat(PipeCycle.status(back, pipe.write()).gid()).isEqualTo(34);
        assertThat(PipeCycle.status(back, pipe.write()).permissions()).isEqualTo(0640);
    }
}
