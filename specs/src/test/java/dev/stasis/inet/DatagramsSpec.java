package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({JavaSockets.class, SandboxExtension.class, StasisExtension.class})
class DatagramsSpec {
    private static final Map<String, List<String>> SKIP = Map.of("skip-in-flight", List.of(""));
    private static final String DATAGRAM = "udp = lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n";

    @Test
    void datagramsGoBothWaysAfterwards(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                one = udp(); one.bind((host, 7171)); two = udp(); two.connect((host, 7171))
                six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); six.bind(('::1', 0))
                lite = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136); lite.bind((host, 7171)); lite.setsockopt(136, 10, 20)
                """);
        String names = "answer = one.getsockname(), two.getsockname(), two.getpeername(), six.getsockname(), lite.getsockopt(136, 10)";
        String before = server.ask(names);
        server.throughDeath();
        assertThat(server.ask(names)).isEqualTo(before);
        assertThat(server.ask("""
                two.send(b'there'); there, peer = one.recvfrom(10); one.sendto(b'back', peer); answer = there, two.recv(10)"""))
                .isEqualTo("(b'there', b'back')");
        // Only its peer reaches a connected socket.
        assertThat(server.ask("stranger = udp(); stranger.bind((host, 0)); stranger.sendto(b'x', two.getsockname());"
                + " answer = select.select([two], [], [], 0)[0]")).isEqualTo("[]");
    }

    @Test
    void datagramsThatWaitAreRefusedByNameAndLostOnlyWhenAskedFor(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                one = udp(); one.bind((host, 7171)); empty = udp(); empty.bind((host, 7172))
                udp().sendto(b'waits', (host, 7171)); udp().sendto(b'', (host, 7172))
                """);
        assertThat(server.refusedDump()).hasSize(2).allSatisfy(problem -> assertThat(problem.toString())
                .contains("UDP " + server.host() + ":717").contains("datagrams wait to be read").contains("--skip-in-flight"));
        server.dump(Afterwards.LEAVE_RUNNING, SKIP);
        assertThat(server.ask("answer = one.recv(10), empty.recv(10)")).isEqualTo("(b'waits', b'')");
        server.throughDeath();
    }

    @Test
    void whatIsHeldBackAndErrorsThatWaitAreRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                corked = udp(); corked.connect((host, 7171)); corked.setsockopt(17, 1, 1); corked.send(b'half')
                refused = udp(); refused.connect((host, 7)); refused.send(b'nobody')
                """);
        assertThat(server.refusedDump()).hasSize(2)
                .anySatisfy(problem -> assertThat(problem.toString()).contains("has not left yet"))
                .anySatisfy(problem -> assertThat(problem.toString()).contains("an error of something that it sent"));
        server.restore(server.dump(Afterwards.KILL, SKIP), Map.of());
        assertThat(server.ask("answer = corked.getsockopt(17, 1)")).isEqualTo("1");
    }

    @Test
    void whoIsSentSignalsOfItIsAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                import fcntl
                heard = []; signal.signal(signal.SIGRTMIN, lambda *_: heard.append(1))
                one = udp(); one.bind((host, 7171)); fcntl.fcntl(one, fcntl.F_SETOWN, os.getpid())
                fcntl.fcntl(one, 10, signal.SIGRTMIN); fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                """);
        server.throughDeath();
        assertThat(server.ask("udp().sendto(b'x', (host, 7171)); answer = one.recv(10), len(heard) > 0, fcntl.fcntl(one, fcntl.F_GETFL)"))
                .isEqualTo("(b'x', True, " + (0x2 | 0x800 | 0x2000) + ")");
    }

    @Test
    void whatWasShutDownStaysSo(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                sink = udp(); sink.bind((host, 7171)); pairs = []
                for how in (socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR):
                    s = udp(); s.connect((host, 7171)); s.shutdown(how); pairs.append(s)
                def state(s):
                    sink.setblocking(False)
                    try: sink.recv(1)
                    except OSError: pass
                    sink.setblocking(True); p = select.poll(); p.register(s, 0x2001)
                    try: s.send(b'')
                    except OSError as e: return p.poll(0), e.errno
                    return p.poll(0)
                """);
        String before = server.ask("answer = [state(s) for s in pairs]");
        assertThat(before).contains(", 32)");
        server.ask("[state(s) for s in pairs]");
        server.throughDeath();
        assertThat(server.ask("answer = [state(s) for s in pairs]")).isEqualTo(before);
    }

    @Test
    void groupsAreJoinedAgainWithTheirSources(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                ip = lambda text: socket.inet_aton(text)
                lo = socket.if_nametoindex('lo')
                a = udp(); a.bind(('', 0)); a.setsockopt(0, 35, ip('239.7.7.1') + bytes(4) + struct.pack('i', lo))
                b = udp(); b.setsockopt(0, 39, ip('239.7.7.2') + ip('127.0.0.1') + ip('127.0.0.9'))
                six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); six.bind(('::', 0))
                six.setsockopt(41, 20, socket.inet_pton(socket.AF_INET6, 'ff15::77') + struct.pack('i', lo))
                def member(s, level, family, address):
                    group = struct.pack('H', family) + (bytes(2) + address if level == 0 else bytes(6) + address)
                    request = struct.pack('ii', lo, 0) + group.ljust(128, b'\\0') + struct.pack('II', 0, 4)
                    import ctypes
                    buffer = ctypes.create_string_buffer(request + bytes(512), 656); size = ctypes.c_uint(656)
                    if ctypes.CDLL(None).getsockopt(s.fileno(), level, 48, buffer, ctypes.byref(size)) < 0: return None
                    return struct.unpack('II', buffer.raw[136:144]), buffer.raw[144:152]
                """);
        String groups = "answer = (member(a, 0, 2, ip('239.7.7.1')), member(b, 0, 2, ip('239.7.7.2')),"
                + " member(six, 41, 10, socket.inet_pton(10, 'ff15::77')), member(a, 0, 2, ip('239.7.7.2')))";
        String before = server.ask(groups);
        assertThat(before).startsWith("(((0, 0), ").contains("((1, 1), ").endsWith(", None)");
        server.throughDeath();
        assertThat(server.ask(groups)).isEqualTo(before);
    }

    @Test
    void filtersComeBackAndWhatTheKernelDoesNotTellIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                import ctypes
                code = ctypes.create_string_buffer(struct.pack('HBBI', 0x20, 0, 0, 8) + struct.pack('HBBI', 0x15, 0, 1, 0x61626364)
                    + struct.pack('HBBI', 6, 0, 0, 65535) + struct.pack('HBBI', 6, 0, 0, 0))
                picky = udp(); picky.bind((host, 7171))
                picky.setsockopt(1, 26, struct.pack('HL', 4, ctypes.addressof(code))); picky.setsockopt(1, 44, 1)
                """);
        server.throughDeath();
        assertThat(server.ask("""
                s = udp(); s.sendto(b'abcd', (host, 7171)); s.sendto(b'other', (host, 7171))
                answer = picky.recv(10), select.select([picky], [], [], 0)[0], picky.getsockopt(1, 44)""")).isEqualTo("(b'abcd', [], 1)");
        server.ask("keyed = socket.socket(); keyed.setsockopt(6, 14, struct.pack('HH', 2, 0) + ip4 + bytes(120) + struct.pack('BBHI', 0, 0, 3, 0)"
                + " + b'key'.ljust(80, b'\\0')) if (ip4 := socket.inet_aton('127.0.0.1')) else 0");
        assertThat(server.refusedDump()).singleElement().satisfies(problem ->
                assertThat(problem.toString()).contains("options that the kernel does not tell").contains("TCP_MD5SIG"));
    }

    @Test
    void afterARestoreThatWasRefusedTheOneThatRunsGetsItsDatagrams(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                one = udp(); one.setsockopt(1, 15, 1); one.bind((host, 7171))
                def count():
                    n = 0; one.setblocking(False)
                    try:
                        while True: one.recv(1); n += 1
                    except OSError: return n
                """);
        Path image = server.dump(Afterwards.LEAVE_RUNNING, Map.of());
        assertThat(server.refusedRestore(image)).anySatisfy(problem -> assertThat(problem.toString()).contains("pid "));
        assertThat(server.ask("udp().sendto(b'y', (host, 7171)); answer = count()")).isEqualTo("1");
    }

    @Test
    void whatWasBoundBeforeItsOptionsChangedIsBoundAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, DATAGRAM + """
                pair = [udp(), udp()]
                for s in pair: s.setsockopt(1, 2, 1); s.bind((host, 7171))
                for s in pair: s.setsockopt(1, 2, 0)
                """);
        server.throughDeath();
        assertThat(server.ask("answer = [(s.getsockname()[1], s.getsockopt(1, 2)) for s in pair]")).isEqualTo("[(7171, 0), (7171, 0)]");
    }
}
