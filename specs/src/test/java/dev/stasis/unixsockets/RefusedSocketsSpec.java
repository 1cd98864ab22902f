package dev.stasis.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be kept exactly is refused by name; what leads out of the tree can be replaced. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class RefusedSocketsSpec {

    @Test
    void whatCannotBeKeptIsNamedAllAtOnceAndNothingIsChanged(Stasis stasis, Sandbox sandbox) {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(); a.send(b'ab', socket.MSG_OOB)
                c, d = socket.socketpair(); c.sendmsg([b'x'], [(SOL_SOCKET, 1, array.array('i', [0, 1]))])
                at = listener('at.sock'); e = client('at.sock'); e.send(b'not accepted')
                f, g = socket.socketpair(AF_UNIX, SOCK_DGRAM); g.setsockopt(SOL_SOCKET, 29, 1); f.send(b'with time')
                z = listener('z.sock'); pid = child(lambda: client('z.sock').close()); children.append(pid); h, _ = z.accept()
                while open('/proc/%d/stat' % pid).read().split()[2] != 'Z': time.sleep(.01)
                keep(a=a, b=b, c=c, d=d, at=at, e=e, f=f, g=g, z=z, h=h)
                pause()
                say(b.recv(1, socket.MSG_OOB), b.recv(9), len(socket.recv_fds(d, 9, 5)[1]), at.accept()[0].recv(20), g.recv(20))
                """);
        List<String> refusals = program.refusals();
        assertThat(refusals).hasSize(6)
                .anySatisfy(problem -> assertThat(problem).contains("fd 12 of task").contains("which has ended and waits for its parent"))
                .anySatisfy(problem -> assertThat(problem).contains("fd 4 of task").contains("out-of-band byte"))
                .anySatisfy(problem -> assertThat(problem).contains("fd 6 of task").contains("2 descriptors (SCM_RIGHTS)"))
                .anySatisfy(problem -> assertThat(problem).contains("fd 7 of task").contains("waits in it to be accepted"))
                .anySatisfy(problem -> assertThat(problem).contains("fd 8 of task").contains("its connection was not accepted yet"))
                .anySatisfy(problem -> assertThat(problem).contains("fd 10 of task").contains("SO_TIMESTAMP"));
        assertThat(program.goOn()).containsExactly("back", "b'b' b'a' 2 b'not accepted' b'with time'", "end");
    }

    @Test
    void emptyPacketsThatWereLookedAtOnceAreNotLostSilently(Stasis stasis, Sandbox sandbox) {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(AF_UNIX, SOCK_SEQPACKET); a.send(b''); a.send(b'x'); keep(a=a, b=b)
                pause()
                say(b.recv(9), b.recv(9))
                """).dumpAndLeave("first");
        assertThat(program.refusals()).singleElement().asString().contains("1 of the 2 packets that wait in it can be seen");
        assertThat(program.goOn()).containsExactly("back", "b'' b'x'", "end");
    }

    @Test
    void aSocketThatLeadsOutIsRefusedAndCanBeReplaced(Stasis stasis, Sandbox sandbox) throws Exception {
        SocketProgram outside = new SocketProgram(stasis, sandbox.own(Sandbox.open()));
        outside.start("import threading; held = []\nat = listener('" + sandbox.path("out.sock") + "')\n"
                + "def serve(): held.append(at.accept()); held[0][0].send(b'!')\n"
                + "threading.Thread(target=serve, daemon=True).start()\npause()\n");
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                c = client('out.sock'); c.recv(1); keep(own=socket.socketpair()[0]); open('link', 'w').write(os.readlink('/proc/self/fd/%d' % c.fileno()))
                pause()
                c.send(b'still here'); say('sent')
                """);
        String link = Files.readString(sandbox.path("link"));
        assertThat(program.refusals()).singleElement().asString().contains(link).contains("connected to a socket outside the tree")
                .contains("process " + outside.program().pid()).contains("--external '" + link + "'").contains("--inherit-fd 'fd[N]:" + link);
        program.dumpAndKill(Map.of("external", link));
        assertThat(program.obstacles()).singleElement().asString().contains("--inherit-fd 'fd[N]:" + link + "'");

        NativeMemory ends = NativeMemory.allocate(8);
        SystemCalls.call("socketpair", "", SyscallNumber.SOCKETPAIR, 1, 1, 0, ends.address());
        try (Fd given = Fd.own(ends.getInt(0)); Fd other = Fd.own(ends.getInt(4))) {
            program.restore(Map.of("inherit-fd", List.of("fd[" + given.number() + "]:" + link)));
            assertThat(program.goOn()).containsExactly("back", "sent", "end");
            assertThat(new String(FileCalls.read(other, 100), StandardCharsets.UTF_8)).isEqualTo("still here");
        }
        outside.kill();
    }

    @Test
    void aDatagramSocketIsConnectedAgainToWhoTakesDatagramsOutside(Stasis stasis, Sandbox sandbox) throws Exception {
        SocketProgram outside = new SocketProgram(stasis, sandbox.own(Sandbox.open())).start(
                "at = socket.socket(AF_UNIX, SOCK_DGRAM); at.bind('" + sandbox.path("log") + "')\npause()\nsay(at.recv(9), at.recv(9))\n");
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                c = socket.socket(AF_UNIX, SOCK_DGRAM); c.connect(os.getcwd() + '/log'); c.send(b'before'); keep(c=c)
                open('link', 'w').write(os.readlink('/proc/self/fd/%d' % c.fileno()))
                pause()
                say(c.send(b'after'))
                """);
        String link = Files.readString(sandbox.path("link"));
        assertThat(program.refusals()).singleElement().asString().contains("outside the tree").contains("/log")
                .contains("--external '" + link + "'; the restore connects it to the same name again");
        assertThat(program.dumpAndKill(Map.of("external", link)).restore(Map.of()).goOn()).containsExactly("back", "5", "end");
        program.program().awaitEnd();
        assertThat(outside.goOn()).containsExactly("back", "b'before' b'after'", "end");
        outside.program().awaitEnd();
        assertThat(program.obstacles()).singleElement().asString().contains("cannot be reached now: ECONNREFUSED").contains("--inherit-fd");
    }

    @Test
    void aSocketThatSomebodyOutsideHoldsTooIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(); keep(a=a, b=b)
                inner = parked(b.close); open('inner', 'w').write(str(inner))
                pause()
                """);
        int inner = Integer.parseInt(Files.readString(sandbox.path("inner")));
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(new Pid(inner), sandbox.path("image")),
                Progress.NONE)).hasMessageContaining("process " + program.program().pid())
                .hasMessageContaining("holds it too, outside the tree");
        assertThat(program.goOn()).containsExactly("back", "end");
    }
}
