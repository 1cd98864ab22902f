package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servers that nobody here wrote serve before and after, as the same processes. */
@ExtendWith({JavaSockets.class, SandboxExtension.class, StasisExtension.class})
class ServersSpec {
    private static final int SIGHUP = 1;
    private static final int SIGQUIT = 3;
    private static final int TIMEOUT_MILLIS = 30_000;

    private final String host = AskedServer.freshHost();

    /** What the server at {@code port} answers to {@code question}, until it ends the connection; empty while it does not. */
    private String ask(int port, String question) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException notYet) {
            return "";
        }
    }

    private String page(int port, String path) {
        String answer = ask(port, "GET " + path + " HTTP/1.0\r\n\r\n");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
    }

    private void awaitService(int port, String question) {
        Await.until("somebody answers at " + host + ":" + port, () -> !ask(port, question).isEmpty());
    }

    private static Program throughDeath(Stasis stasis, Sandbox sandbox, Program program) {
        Path image = sandbox.path("image" + System.nanoTime());
        stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        program.awaitEnd();
        return sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()));
    }

    private static Set<Integer> children(Program program) {
        Set<Integer> numbers = new HashSet<>();
        for (Pid child : ProcFile.children(program.pid())) {
            numbers.add(child.number());
        }
        return numbers;
    }

    @Test
    void nginxWithItsWorkers(Stasis stasis, Sandbox sandbox) throws Exception {
        Path conf = sandbox.path("nginx.conf");
        Files.writeString(conf, """
                worker_processes 3; daemon off; pid %1$s/pid; error_log %1$s/error;
                events { worker_connections 64; }
                http { access_log off; keepalive_timeout 0; client_body_temp_path %1$s/1; proxy_temp_path %1$s/2;
                    fastcgi_temp_path %1$s/3; uwsgi_temp_path %1$s/4; scgi_temp_path %1$s/5;
                    server { listen %2$s:8080; listen %2$s:8081 reuseport backlog=7; location / { return 200 $pid; } } }
                """.formatted(sandbox.directory(), host));
        Program nginx = sandbox.start("nginx", "-c", conf.toString(), "-e", sandbox.path("error").toString());
        awaitService(8080, "GET / HTTP/1.0\r\n\r\n");
        Await.until("there are three workers", () -> children(nginx).size() == 3);
        Set<Integer> workers = children(nginx);
        Program back = throughDeath(stasis, sandbox, nginx);
        assertThat(back.pid()).isEqualTo(nginx.pid());
        assertThat(children(back)).isEqualTo(workers);
        for (int i = 0; i < 20; i++) {
            assertThat(workers).contains(Integer.parseInt(page(8080 + i % 2, "/")));
        }
        back.signal(SIGHUP);
        Await.until("it has new workers", () -> children(back).size() == 3
                && children(back).stream().noneMatch(workers::contains));
        Await.until("the new ones answer", () -> !workers.contains(Integer.parseInt(page(8080, "/"))));
        back.signal(SIGQUIT);
        back.awaitEnd();
    }

    @Test
    void redisWithWhatItWasTold(Stasis stasis, Sandbox sandbox) {
        Program redis = sandbox.start("redis-server", "--bind", host, "--port", "6380", "--save", "", "--dir", sandbox.directory().toString());
        awaitService(6380, "SET answer 42\r\nQUIT\r\n");
        List<Pid> threads = redis.threads();
        Program back = throughDeath(stasis, sandbox, redis);
        assertThat(ask(6380, "GET answer\r\nQUIT\r\n")).isEqualTo("$2\r\n42\r\n+OK\r\n");
        assertThat(back.threads()).isEqualTo(threads);
    }

    @Test
    void pythonsHttpServer(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.writeString(Files.createDirectory(sandbox.path("www")).resolve("page"), "as before");
        Program python = sandbox.start("python3", "-m", "http.server", "8000", "--bind", host, "--directory", sandbox.path("www").toString());
        awaitService(8000, "GET /page HTTP/1.0\r\n\r\n");
        Await.until("the thread that answered has ended", () -> python.threads().size() == 1);
        throughDeath(stasis, sandbox, python);
        assertThat(page(8000, "/page")).isEqualTo("as before");
        throughDeath(stasis, sandbox, python);
        assertThat(page(8000, "/page")).isEqualTo("as before");
    }
}
