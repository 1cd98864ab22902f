package dev.stasis.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connected sockets come back connected, with what waits in them and who connected them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ConnectedSocketsSpec {

    @Test
    void pairsOfAllTypesComeBackWithWhatWaitsInThemPacketsAsPackets(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(); c, d = socket.socketpair(AF_UNIX, SOCK_DGRAM); e, f = socket.socketpair(AF_UNIX, SOCK_SEQPACKET)
                keep(a=a, b=b, c=c, d=d, e=e, f=f)
                a.send(b'hello '); a.send(b'there'); b.send(os.urandom(1) * 150000)
                for packet in (b'', b'one', b'', b'2' * 90000, b''): c.send(packet)
                for packet in (b'1', b'', b'3' * 70000): e.send(packet)
                f.send(b'other way')
                pause()
                say(b.recv(100), len(a.recv(200000)))
                say([len(d.recv(100000)) for _ in range(5)], fails(d.recv, 1, socket.MSG_DONTWAIT))
                say([len(f.recv(100000)) for _ in range(3)], e.recv(20))
                a.send(b'on'); c.send(b''); say(b.recv(9), d.recv(9), fails(f.recv, 1, socket.MSG_DONTWAIT))
                """).throughDeath().goOn()).containsExactly("back", "b'hello there' 150000", "[0, 3, 0, 90000, 0] EAGAIN",
                "[1, 0, 70000] b'other way'", "b'on' b'' EAGAIN", "end");
    }

    @Test
    void endsOfConnectionsAreKeptTooWithTheErrorThatIsStillToBeTold(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                g, h = socket.socketpair(); g.send(b'last'); h.send(b'unread'); g.close()
                i, j = socket.socketpair(); i.send(b'bye'); i.close()
                k, l = socket.socketpair(); k.send(b'half'); k.shutdown(socket.SHUT_WR)
                m, n = socket.socketpair(AF_UNIX, SOCK_SEQPACKET); m.send(b'packet'); m.close()
                o, p = socket.socketpair(AF_UNIX, SOCK_DGRAM); o.send(b'datagram'); o.close()
                q, r = socket.socketpair(); q.shutdown(socket.SHUT_RD); q.send(b'only out')
                s, t = socket.socketpair(); t.send(b'unread'); s.close(); u, v = socket.socketpair(); u.close()
                keep(h=h, j=j, k=k, l=l, n=n, p=p, q=q, r=r, t=t, v=v)
                pause()
                say(h.recv(9), fails(h.recv, 9), h.recv(9))
                say(j.recv(9), j.recv(9), fails(j.send, b'x', socket.MSG_NOSIGNAL))
                say(l.recv(9), l.recv(9), fails(k.send, b'x', socket.MSG_NOSIGNAL)); l.send(b'back'); say(k.recv(9))
                say(n.recv(9), n.recv(9), p.recv(9), fails(p.send, b'x'))
                say(r.recv(9), q.recv(9), fails(r.send, b'x', socket.MSG_NOSIGNAL))
                say(fails(t.recv, 9), t.recv(9), v.recv(9))
                """).throughDeath().goOn()).containsExactly("back", "b'last' ECONNRESET b''", "b'bye' b'' EPIPE", "b'half' b'' EPIPE",
                "b'back'", "b'packet' b'' b'datagram' ECONNREFUSED", "b'only out' b'' EPIPE",
                "ECONNRESET b'' b''", "end");
    }

    @Test
    void whoConnectedAndWhoListenedIsToldAsBeforeAlsoWhenThatProcessHasEnded(Stasis stasis, Sandbox sandbox) {
        List<String> said = new SocketProgram(stasis, sandbox).start("""
                at = socket.socket(AF_UNIX)
                ended = child(lambda: (at.bind('daemon.sock'), at.listen(3))); os.waitpid(ended, 0)
                near = client('daemon.sock'); far, _ = at.accept()
                named = listener('\\0named-%d' % os.getpid(), SOCK_SEQPACKET)
                def other():
                    os.setgroups([5, 6]); os.setresgid(44, 44, 44); os.setresuid(33, 33, 33)
                    global mine; mine = socket.socket(AF_UNIX, SOCK_SEQPACKET)
                    mine.bind('\\0mine-%d' % os.getpid()); mine.connect(named.getsockname()); mine.send(b'from 33')
                pid = parked(other); from33, _ = named.accept()
                keep(at=at, near=near, far=far, named=named, from33=from33)
                def peer(s): return struct.unpack('iii', s.getsockopt(SOL_SOCKET, 17, 12))
                pause()
                say(peer(at) == (ended, 0, 0), peer(near) == (ended, 0, 0), peer(far) == (os.getpid(), 0, 0), peer(from33) == (pid, 33, 44))
                pidfd = from33.getsockopt(SOL_SOCKET, 77); signal.pidfd_send_signal(pidfd, 0); os.close(pidfd)
                say(from33.recv(20), from33.getpeername() == b'\\0mine-%d' % pid, near.send(b'x'), far.recv(2))
                """).throughDeath().goOn();
        assertThat(said).containsExactly("back", "True True True True", "b'from 33' True 1 b'x'", "end");
    }

    @Test
    void optionsAndTheOwnerOfTheInodeComeBack(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(); c = socket.socket(AF_UNIX, SOCK_DGRAM); d, e = socket.socketpair(AF_UNIX, SOCK_SEQPACKET)
                a.setsockopt(SOL_SOCKET, socket.SO_SNDBUF, 12345); a.setsockopt(SOL_SOCKET, socket.SO_RCVBUF, 54321)
                b.setsockopt(SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 5, 250000)); b.setsockopt(SOL_SOCKET, 21, struct.pack('ll', 9, 0))
                c.setsockopt(SOL_SOCKET, socket.SO_PASSCRED, 1); c.setsockopt(SOL_SOCKET, socket.SO_PRIORITY, 5); c.setsockopt(SOL_SOCKET, 36, 77)
                d.setsockopt(SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 7)); e.setsockopt(SOL_SOCKET, 42, 0); d.setsockopt(SOL_SOCKET, 32, 3000000)
                d.send(b'first'); d.send(b'second'); e.setsockopt(SOL_SOCKET, 42, 2)
                os.fchmod(a.fileno(), 0o600); os.fchown(b.fileno(), 7, 8); c.setblocking(False)
                # takes nothing but packets of which the first byte is 'k'
                program = struct.pack('HBBI' * 4, 0x30, 0, 0, 0, 0x15, 0, 1, 107, 6, 0, 0, 0xffff, 6, 0, 0, 0)
                import ctypes; code = ctypes.create_string_buffer(program); f, g = socket.socketpair(AF_UNIX, SOCK_DGRAM)
                g.setsockopt(SOL_SOCKET, 26, struct.pack('HxxxxxxQ', 4, ctypes.addressof(code)))
                keep(a=a, b=b, c=c, d=d, e=e, f=f, g=g)
                pause()
                say(e.recv(20, socket.MSG_PEEK), e.recv(20), e.recv(20))
                f.send(b'drop'); f.send(b'keep'); say(g.recv(9), fails(g.recv, 9, socket.MSG_DONTWAIT))
                """).throughDeath().goOn()).containsExactly("back", "b'rst' b'first' b'second'", "b'keep' EAGAIN", "end");
    }

    @Test
    void sendersAreToldAsBefore(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                me = os.getpid()
                a, b = socket.socketpair(); b.setsockopt(SOL_SOCKET, 16, 1)
                a.send(b'mine'); a.sendmsg([b'as 7'], [(SOL_SOCKET, 2, struct.pack('iii', me, 7, 8))]); a.send(b'mine again')
                c, d = socket.socketpair(AF_UNIX, SOCK_SEQPACKET); d.setsockopt(SOL_SOCKET, 16, 1)
                pid = parked(lambda: c.send(b'of a child')); c.send(b'of mine')
                keep(a=a, b=b, c=c, d=d)
                def told(s): got = s.recvmsg(100, 64); return got[0], struct.unpack('iii', got[1][0][2])
                pause()
                say(told(b) == (b'mine', (me, 0, 0)), told(b) == (b'as 7', (me, 7, 8)), told(b) == (b'mine again', (me, 0, 0)))
                say(told(d) == (b'of a child', (pid, 0, 0)), told(d) == (b'of mine', (me, 0, 0)))
                """).throughDeath().goOn()).containsExactly("back", "True True True", "True True", "end");
    }

    @Test
    void theNamesOfBothEndsAreKeptAlsoWhenNobodyListensAnyMore(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                at = listener('gone.sock'); c = socket.socket(AF_UNIX); c.bind(os.getcwd() + '/client.sock'); c.connect('gone.sock'); s, _ = at.accept()
                at.close(); os.unlink('gone.sock')
                open('gone.sock', 'w').write('a file')
                at = listener('\\0gone-%d' % os.getpid()); t = client(at.getsockname()); u, _ = at.accept(); at.close()
                s.send(b'to client'); c.send(b'to server'); t.close()
                keep(c=c, s=s, u=u)
                pause()
                say(c.recv(20), s.recv(20), u.recv(20), open('gone.sock').read())
                """).throughDeath().goOn()).containsExactly("back", "b'to client' b'to server' b'' a file", "end");
    }

    @Test
    void oneImageIsRestoredManyTimesAndAProgramThatRunsOnIsNotChanged(Stasis stasis, Sandbox sandbox) {
        SocketProgram program = new SocketProgram(stasis, sandbox).start("""
                a, b = socket.socketpair(AF_UNIX, SOCK_SEQPACKET); a.send(b'1'); a.send(b'22')
                at = listener('here.sock'); c = client('here.sock'); s, _ = at.accept(); c.send(b'waits')
                keep(a=a, b=b, at=at, c=c, s=s)
                pause()
                say(b.recv(9), b.recv(9), s.recv(9)); n = client('here.sock'); m, _ = at.accept(); n.send(b'new'); say(m.recv(9))
                """).dumpAndLeave("before").dumpAndLeave("again").throughDeath();
        for (int i = 0; i < 3; i++) {
            program.kill().restore(Map.of());
        }
        assertThat(program.goOn()).containsExactly("back", "b'1' b'22' b'waits'", "b'new'", "end");
    }

    @Test
    void thousandsComeBack(Stasis stasis, Sandbox sandbox) {
        assertThat(new SocketProgram(stasis, sandbox).start("""
                import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
                pairs = [socket.socketpair() for i in range(2000)]
                at = listener('here.sock', backlog=100)
                for i in range(500): c = client('here.sock'); pairs.append((c, at.accept()[0]))
                for i, (a, b) in enumerate(pairs): a.send(b'%d' % i)
                pause()
                say(sum(b.recv(9) == b'%d' % i and b.send(b'y') == 1 and a.recv(2) == b'y' for i, (a, b) in enumerate(pairs)))
                """).throughDeath().goOn()).containsExactly("back", "2500", "end");
    }
}
