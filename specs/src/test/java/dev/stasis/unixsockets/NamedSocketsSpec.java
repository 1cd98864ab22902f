package dev.stasis.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sockets with names come back with them: those that listen, and those that datagrams are sent to. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class NamedSocketsSpec {

    @Test
    void listenersAreReachedAgainByTheirPathsOrAbstractNames(Stasis stasis, Sandbox sandbox) throws IOException {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                os.mkdir('sub'); os.chdir('sub')
                full = listener(os.getcwd() + '/full.sock', backlog=2); os.chmod('full.sock', 0o640); os.chown('full.sock', 12, 34)
                relative = listener('relative.sock'); os.mkdir('deeper'); deeper = listener('./deeper/../deeper/d.sock')
                packets = listener('\\0packets-%d' % os.getpid(), SOCK_SEQPACKET)
                bound = socket.socket(AF_UNIX); bound.bind('bound.sock'); os.chdir('..')
                keep(full=full, relative=relative, deeper=deeper, packets=packets, bound=bound)
                def try_(at, s, kind=SOCK_STREAM):
                    c = client(at, kind); a, _ = s.accept(); c.send(b'hi'); return a.recv(9), a.getsockname()
                pause()
                say(try_('sub/full.sock', full)[0] == b'hi', try_('sub/relative.sock', relative), try_('sub/deeper/d.sock', deeper))
                say(try_(packets.getsockname(), packets, SOCK_SEQPACKET)[0])
                bound.listen(1); say(try_('sub/bound.sock', bound))
                st = os.lstat('sub/full.sock'); say(oct(st.st_mode), st.st_uid, st.st_gid)
                queue = [fails(lambda: c.connect('sub/full.sock')) for c in [socket.socket(AF_UNIX, SOCK_STREAM | socket.SOCK_NONBLOCK) for _ in range(5)]]
                say(queue)
                """).throughDeath();
        assertThat(program.goOn()).containsExactly("back", "True (b'hi', 'relative.sock') (b'hi', './deeper/../deeper/d.sock')", "b'hi'",
                "(b'hi', 'bound.sock')", "0o140640 12 34", "[None, None, None, 'EAGAIN', 'EAGAIN']", "end");
        assertThat(sandbox.path("sub")).isDirectoryNotContaining("glob:**.stasis*");
    }

    @Test
    void confinedListenersAndThoseWhoseFilesAreGoneKeepTheirNames(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                os.makedirs('jail/run')
                def confined(): os.chroot('jail'); os.chdir('/'); inside.bind('/run/in.sock'); inside.listen(1)
                inside = socket.socket(AF_UNIX); pid = child(confined); os.waitpid(pid, 0)
                removed = listener('removed.sock'); os.unlink('removed.sock')
                keep(inside=inside, removed=removed)
                pause()
                c = client('jail/run/in.sock'); a, _ = inside.accept(); say(a.getsockname(), os.path.exists('removed.sock'))
                """).throughDeath().goOn()).containsExactly("back", "/run/in.sock False", "end");
    }

    @Test
    void datagramsComeFromWhomTheyCame(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                def datagram(at=None, to=None):
                    s = socket.socket(AF_UNIX, SOCK_DGRAM)
                    if at: s.bind(at)
                    if to: s.connect(to)
                    return s
                server = datagram('server.sock'); named = datagram('named.sock', 'server.sock'); nameless = datagram(None, 'server.sock')
                gone = datagram('gone.sock'); named.send(b'named'); named.send(b''); nameless.send(b'nameless')
                gone.sendto(b'gone', 'server.sock'); gone.close(); os.unlink('gone.sock')
                x = datagram('\\0x-%d' % os.getpid()); lost = datagram(None, x.getsockname()); x.close()
                x = datagram('\\0x-%d' % os.getpid())
                left = datagram('left.sock'); right = datagram('right.sock', 'left.sock'); left.connect('right.sock'); right.send(b'between us')
                keep(server=server, named=named, nameless=nameless, lost=lost, x=x, left=left, right=right)
                pause()
                for _ in range(4): say(server.recvfrom(20))
                nameless.send(b'more'); say(server.recvfrom(20)); server.sendto(b'answer', 'named.sock'); say(named.recvfrom(20))
                say(fails(lost.send, b'x'), left.recvfrom(20)); left.send(b'and back'); say(right.recv(20))
                """).throughDeath().goOn()).containsExactly("back", "(b'named', 'named.sock')", "(b'', 'named.sock')",
                "(b'nameless', None)", "(b'gone', 'gone.sock')", "(b'more', None)", "(b'answer', 'server.sock')",
                "ECONNREFUSED (b'between us', 'right.sock')", "b'and back'", "end");
    }

    @Test
    void aFileThatIsGoneIsMadeAgainAndRemovedIfTheRestoreFails(Stasis stasis, Sandbox sandbox) throws Exception {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                at = listener('at.sock'); other = listener('\\0other-%d' % os.getpid()); keep(at=at, other=other)
                pause()
                say(fails(lambda: client('at.sock').close()))
                """).dumpAndKill(Map.of());
        Files.delete(sandbox.path("at.sock"));
        program.restore(Map.of());
        assertThat(sandbox.path("at.sock")).exists();
        program.kill();
        // Somebody else has it: a regular file is not theirs to replace.
        Files.delete(sandbox.path("at.sock"));
        Files.writeString(sandbox.path("at.sock"), "mine");
        assertThat(program.obstacles()).singleElement().asString().contains("what is at ").contains("at.sock now is no socket");
        Files.delete(sandbox.path("at.sock"));
        assertThat(Files.exists(sandbox.path("at.sock"), LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(program.restore(Map.of()).goOn()).containsExactly("back", "None", "end");
    }

    @Test
    void aNameThatSomebodyElseHasNowIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                keep(path=listener('at.sock'), abstract=listener('\\0taken-name'))
                pause()
                """).dumpAndKill(Map.of());
        Sandbox others = sandbox.own(Sandbox.open());
        SocketProgram thief = new SocketProgram(stasis, others).start("os.chdir('" + sandbox.directory() + "'); os.unlink('at.sock')\n"
                + "keep(path=listener('at.sock'), abstract=listener('\\0taken-name'))\nos.chdir('" + others.directory() + "')\npause()\n");
        assertThat(program.obstacles()).hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("at.sock").contains("somebody else is bound to"))
                .anySatisfy(problem -> assertThat(problem).contains("somebody else has its name, @taken-name, now"));
        thief.kill();
        assertThat(program.restore(Map.of()).goOn()).containsExactly("back", "end");
    }
}
