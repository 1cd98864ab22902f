package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What reaches out of the tree, or is of no kind that is kept, is refused by name. */
@ExtendWith({JavaSockets.class, SandboxExtension.class, StasisExtension.class})
class OutsideSpec {

    @Test
    void aListenerThatTheParentHasTooIsRefusedAndCanBeInherited(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer parent = AskedServer.start(stasis, sandbox, """
                kept = socket.socket(); kept.bind((host, 7171)); kept.listen(5); signal.signal(signal.SIGCHLD, signal.SIG_IGN)
                child = os.fork()
                if child == 0:
                    os.setsid(); listener.close()
                    while True: signal.pause()
                """);
        AskedServer child = parent.as(sandbox.own(Program.attach(new Pid(Integer.parseInt(parent.ask("answer = child"))))));
        assertThat(child.refusedDump()).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("process " + parent.program().pid()).contains("outside the tree").contains("--external 'socket:["));
        String link = parent.ask("answer = os.readlink('/proc/self/fd/%d' % kept.fileno())");
        int number = Integer.parseInt(parent.ask("answer = kept.fileno()"));
        Path image = child.dump(Afterwards.KILL, Map.of("external", List.of(link)));
        assertThat(child.refusedRestore(image)).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("--inherit-fd 'fd[N]:" + link + "'"));
        try (Fd pidfd = ProcessCalls.pidfd(parent.program().pid());
                Fd kept = ProcessCalls.fetch(pidfd, new RemoteFd(parent.program().pid(), number))) {
            FileCalls.closeOnExec(kept, false); // as if it had been given it when it started
            child.restore(image, Map.of("inherit-fd", List.of("fd[" + kept.number() + "]:" + link)));
        }
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + child.program().pid() + "/fd/" + number))).hasToString(link);
    }

    @Test
    void aSocketOfAnotherNetworkNamespaceIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                import ctypes
                libc = ctypes.CDLL(None); home = os.open('/proc/self/ns/net', os.O_RDONLY)
                assert libc.unshare(0x40000000) == 0
                far = socket.socket(); far.bind(('0.0.0.0', 7171)); far.listen(1)
                assert libc.setns(home, 0x40000000) == 0; os.close(home)
                """);
        assertThat(server.refusedDump()).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("TCP 0.0.0.0:7171").contains("belongs to another network namespace"));
    }

    @Test
    void socketsOfOtherKindsAreRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        AskedServer server = AskedServer.start(stasis, sandbox, """
                others = [socket.socket(2, 3, 1), socket.socket(16, 3, 0),
                    socket.socket(17, 3, 0), socket.socket(40, 1, 0)]
                """);
        List<String> texts = server.refusedDump().stream().map(Problem::toString).toList();
        assertThat(texts).hasSize(4);
        List.of("raw IP socket", "netlink socket", "packet socket", "vsock socket")
                .forEach(name -> assertThat(texts).anySatisfy(text -> assertThat(text).contains(name)));
        assertThat(server.ask("answer = len(others)")).isEqualTo("4");
    }
}
