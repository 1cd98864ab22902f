package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({JavaSockets.class, SandboxExtension.class, StasisExtension.class})
class ListenersSpec {
    private static final Map<String, List<String>> SKIP = Map.of("skip-in-flight", List.of(""));

    private static Socket client(AskedServer server) throws Exception {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(server.host(), AskedServer.PORT));
        return socket;
    }

    @Test
    void aServerThatWaitsInAcceptServesOnWithTheSamePid(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, "");
        String before = server.ask("answer = os.getpid(), listener.getsockname(), listener.getsockopt(1, 2)");
        server.throughDeath();
        assertThat(server.ask("answer = os.getpid(), listener.getsockname(), listener.getsockopt(1, 2)")).isEqualTo(before);
        server.throughDeath();
        assertThat(server.ask("answer = os.getpid(), listener.getsockname(), listener.getsockopt(1, 2)")).isEqualTo(before);
    }

    @Test
    void oneThatIsLeftRunningNoticesNothingAndTheImageServesAfterItsDeath(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, "");
        Path image = server.dump(Afterwards.LEAVE_RUNNING, Map.of());
        assertThat(server.ask("seen = 1; answer = os.getpid()")).isEqualTo(server.program().pid().toString());
        server.program().close();
        server.restore(image, Map.of());
        assertThat(server.ask("answer = 'seen' in globals()")).isEqualTo("False");
    }

    @Test
    void aListenerThatWorkersGotByForkIsOneAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                workers = []
                def end(*_):
                    for w in workers: os.kill(w, 9); os.waitpid(w, 0)
                    os._exit(0)
                for i in range(4):
                    workers.append(os.fork())
                    if workers[-1] == 0: break
                if workers[-1] != 0: signal.signal(signal.SIGTERM, end)
                """);
        server.throughDeath();
        String inodes = server.ask("""
                import glob
                answer = set(os.readlink(p + '/fd/3') for p in glob.glob('/proc/[0-9]*')
                    if open(p + '/cmdline').read() == open('/proc/self/cmdline').read())""");
        assertThat(inodes).matches("\\{'socket:\\[\\d+]'}");
        server.program().signal(15);
        server.program().awaitEnd();
    }

    @Test
    void severalListenersOfOnePortStayApart(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                group = []
                for i in range(3):
                    s = socket.socket(); s.setsockopt(1, 15, 1); s.bind((host, 7171)); s.listen(7 + i); group.append(s)
                v6 = socket.socket(socket.AF_INET6); v6.setsockopt(41, 26, 1); v6.bind(('::1', 0)); v6.listen(0)
                """);
        String state = """
                answer = [(s.getsockname(), s.getsockopt(1, 15), s.getsockopt(1, 30), struct.unpack('I', s.getsockopt(6, 11, 32)[28:]))
                    for s in group + [v6]]""";
        String before = server.ask(state);
        server.throughDeath();
        assertThat(server.ask(state)).isEqualTo(before);
        // The kernel would not take one more of another user.
        assertThat(server.ask("""
                late = socket.socket(); late.setsockopt(1, 15, 1); os.fchown(late.fileno(), 65534, 65534)
                try: late.bind((host, 7171))
                except OSError as e: answer = e.errno""")).isEqualTo("98");
    }

    @Test
    void connectionsThatWaitToBeAcceptedAreRefusedByNameOrSkippedWhenAskedFor(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox,
                "busy = socket.socket(); busy.bind((host, 7171)); busy.listen(5)");
        try (Socket one = new Socket(server.host(), 7171); Socket two = new Socket(server.host(), 7171)) {
            assertThat(server.refusedDump()).singleElement().satisfies(problem -> assertThat(problem.toString())
                    .contains("TCP " + server.host() + ":7171: 2 connections wait to be accepted").contains("--skip-in-flight"));
            assertThat(server.ask("answer = 1")).isEqualTo("1");
            server.restore(server.dump(Afterwards.KILL, SKIP), Map.of());
            assertThat(server.ask("answer = struct.unpack('I', busy.getsockopt(6, 11, 32)[24:28])[0]")).isEqualTo("0");
        }
        try (Socket after = new Socket(server.host(), 7171)) {
            assertThat(server.ask("answer = busy.accept()[1][1]")).isEqualTo(Integer.toString(after.getLocalPort()));
        }
    }

    @Test
    void connectionsThatWaitForDataToBeAcceptedAreRefusedToo(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox,
                "lazy = socket.socket(); lazy.bind((host, 7171)); lazy.setsockopt(6, 9, 30); lazy.listen(5)");
        try (Socket silent = new Socket(server.host(), 7171)) {
            assertThat(server.refusedDump()).singleElement().satisfies(problem ->
                    assertThat(problem.toString()).contains("TCP_DEFER_ACCEPT").contains("--skip-in-flight"));
            silent.getOutputStream().write('!');
            assertThat(server.ask("answer = lazy.accept()[0].recv(1)")).isEqualTo("b'!'");
        }
    }

    @Test
    void whatWaitsStaysWithAServerThatIsLeftRunning(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox,
                "busy = socket.socket(); busy.bind((host, 7171)); busy.listen(5)");
        try (Socket waiting = new Socket(server.host(), 7171)) {
            waiting.getOutputStream().write('!');
            server.dump(Afterwards.LEAVE_RUNNING, SKIP);
            assertThat(server.ask("answer = busy.accept()[0].recv(10)")).isEqualTo("b'!'");
        }
    }

    @Test
    void connectionsAreRefusedByNameOrComeBackClosedWhenAskedFor(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                other = socket.socket(); other.setsockopt(1, 2, 1); other.bind((host, 7171)); other.listen(5)
                us = socket.create_connection((host, 7171)); them, _ = other.accept()
                ended = socket.create_connection((host, 7171)); other.accept()[0].close(); ended.shutdown(1)
                while struct.unpack('B', ended.getsockopt(6, 11, 1)) != (7,): time.sleep(0.01)
                """);
        List<Problem> problems = server.refusedDump();
        assertThat(problems.stream().map(Problem::toString).toList()).hasSize(3)
                .anySatisfy(text -> assertThat(text).contains("it is a connection in state ESTABLISHED")
                        .contains(" to " + server.host() + ":7171").contains("--tcp-close"))
                .anySatisfy(text -> assertThat(text).contains("it is a connection that has ended"));
        server.restore(server.dump(Afterwards.KILL, Map.of("tcp-close", List.of(""))), Map.of());
        assertThat(server.ask("""
                answer = []
                for s in us, them, ended:
                    try: s.recv(1)
                    except OSError as e: answer.append(e.errno)""")).isEqualTo("[107, 107, 107]");
    }

    @Test
    void mptcpAsProgramsInGoUseItIsMptcpAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                mptcp = lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                multi = mptcp(); multi.setsockopt(1, 2, 1); multi.bind((host, 7171)); multi.setsockopt(1, 8, 30000); multi.listen(9)
                bound = mptcp(); bound.bind((host, 7172)); new = mptcp()
                state = lambda: [(s.getsockname(), s.getsockopt(1, 38), s.getsockopt(1, 2), s.getsockopt(1, 8), s.getsockopt(1, 30))
                    for s in (multi, bound, new)] + [struct.unpack('I', multi.getsockopt(6, 11, 32)[28:])]
                """);
        String before = server.ask("answer = state()");
        server.throughDeath();
        assertThat(server.ask("answer = state()")).isEqualTo(before).contains("262").endsWith("(9,)]");
        server.ask("us = mptcp(); us.connect((host, 7171)); us.send(b'x'); them, _ = multi.accept(); them.recv(1)");
        assertThat(server.refusedDump()).hasSize(2).allSatisfy(problem -> assertThat(problem.toString()).contains("MPTCP")
                .contains("it is a connection in state ESTABLISHED"));
    }

    @Test
    void whoHasThePortIsNamedBeforeAnythingIsBorn(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox,
                "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind((host, 7171))");
        Path image = server.dump(Afterwards.KILL, Map.of());
        try (ServerSocket thief = new ServerSocket(AskedServer.PORT, 1, InetAddress.getByName(server.host()))) {
            assertThat(server.refusedRestore(image)).singleElement().satisfies(problem -> assertThat(problem.toString())
                    .contains("TCP " + server.host() + ":" + AskedServer.PORT).contains("is taken (EADDRINUSE)")
                    .contains("end who has it"));
            assertThat(ProcessHandle.of(server.program().pid().number())).isEmpty();
        }
        server.restore(image, Map.of());
        assertThat(server.ask("answer = u.getsockname()[1]")).isEqualTo("7171");
    }

    @Test
    void connectionsThatLingerMatterAsLittleAsToAServerThatIsStartedAgain(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                def lingering(port, reuse):
                    s = socket.socket(); s.setsockopt(1, 2, reuse); s.bind((host, port)); s.listen(5)
                    peer = socket.create_connection((host, port)); s.accept()[0].close(); peer.recv(1); peer.close()
                    return s
                tolerant = lingering(7171, 1)
                """);
        assertThat(server.ask("answer = any(l.split()[1].endswith(':1C03') and l.split()[3] == '06' for l in open('/proc/net/tcp'))"))
                .isEqualTo("True");
        server.throughDeath();
        new Socket(server.host(), 7171).close();
        server.ask("tolerant.accept()[0].close(); strict = lingering(7172, 0)");
        Path image = server.dump(Afterwards.KILL, Map.of());
        assertThat(server.refusedRestore(image)).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains(":7172 is taken").contains("connections of it that have ended linger (TIME_WAIT)"));
    }

    @Test
    void socketsThatAreOnlyBoundOrOnlyMadeComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                bound = socket.socket(); bound.bind((host, 7171)); bound.setblocking(False)
                lazy = socket.socket(); lazy.setsockopt(0, 24, 1); lazy.bind((host, 0))
                new = socket.socket(); new.setsockopt(1, 2, 1); new.setsockopt(6, 1, 1)
                twice = os.dup(new.fileno()); os.set_inheritable(new.fileno(), True)
                """);
        server.throughDeath();
        assertThat(server.ask("answer = lazy.getsockname()")).isEqualTo("('" + server.host() + "', 0)");
        assertThat(server.ask("answer = (bound.getsockname()[1], os.get_blocking(bound.fileno()), new.getsockopt(1, 2),"
                + " new.getsockopt(6, 1), os.get_inheritable(new.fileno()), os.get_inheritable(listener.fileno()))"))
                .isEqualTo("(7171, False, 1, 1, True, False)");
        assertThat(server.ask("bound.listen(3); new.connect((host, 7171)); answer = os.write(twice, b'hello')")).isEqualTo("5");
        assertThat(server.ask("answer = bound.accept()[0].recv(10)")).isEqualTo("b'hello'");
    }
}
