package dev.stasis.inet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A python3 program that serves TCP at an address of its own: who connects and sends statements gets what they assign to
 * {@code answer}. That it answers shows that it serves.
 */
final class AskedServer {
    static final int PORT = 7070;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final String PYTHON =
            Command.run("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").strip();

    private final Stasis stasis;
    private final Sandbox sandbox;
    private final String host;
    private Program program;

    private AskedServer(Stasis stasis, Sandbox sandbox, String host) {
        this.stasis = stasis;
        this.sandbox = sandbox;
        this.host = host;
    }

    /** An address that nobody else uses: there are sixteen million on the loopback interface. */
    static String freshHost() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127." + random.nextInt(1, 250) + "." + random.nextInt(1, 250) + "." + random.nextInt(2, 250);
    }

    /** Starts one that does {@code setUp} before it serves. There {@code listener} is its socket and {@code host} its address. */
    static AskedServer start(Stasis stasis, Sandbox sandbox, String setUp) throws IOException {
        AskedServer server = new AskedServer(stasis, sandbox, freshHost());
        Path script = sandbox.path("server.py");
        Files.writeString(script, """
                import os, select, signal, socket, struct, sys, time
                host = '%s'; port = %d
                listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((host, port)); listener.listen(64)
                """.formatted(server.host, PORT) + setUp + """

                def serve():
                    peer, _ = listener.accept()
                    with peer:
                        question = b''
                        for part in iter(lambda: peer.recv(65536), b''): question += part
                        if not question: return
                        scope = globals(); scope['answer'] = ''
                        try:
                            exec(question.decode(), scope)
                            text = str(scope['answer'])
                        except BaseException as e:
                            text = 'FAILED ' + repr(e)
                        peer.sendall(text.encode())
                while True: serve()
                """);
        server.program = sandbox.start(PYTHON, "-S", "-E", script.toString());
        server.awaitService();
        return server;
    }

    private void awaitService() {
        Await.until(() -> "the server answers; its output is " + output(), () -> {
            assertThat(program.isAlive()).as("the server is alive; its output is " + output()).isTrue();
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, PORT), TIMEOUT_MILLIS);
                socket.shutdownOutput();
                return socket.getInputStream().read() < 0;
            } catch (IOException notYet) {
                return false;
            }
        });
        awaitRest();
    }

    private String output() {
        try {
            return Files.readString(sandbox.path("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until it waits for the next one. */
    void awaitRest() {
        Await.until("it accepts", () -> program.systemCall().filter(number -> number == 43 || number == 288).isPresent());
    }

    String host() {
        return host;
    }

    Program program() {
        return program;
    }

    /** The same service by another process. */
    AskedServer as(Program other) {
        AskedServer server = new AskedServer(stasis, sandbox, host);
        server.program = other;
        return server;
    }

    /** Has it run {@code statements}; returns what they assigned to {@code answer}. */
    String ask(String statements) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, PORT), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(statements.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).as(statements).doesNotStartWith("FAILED");
            awaitRest();
            return answer;
        }
    }

    /** Dumps it; returns the image. */
    Path dump(Afterwards afterwards, Map<String, List<String>> options) {
        Path image = sandbox.path("image" + System.nanoTime());
        stasis.dump(DumpRequest.of(program.pid(), image).then(afterwards).withAllPluginOptions(options), Progress.NONE);
        if (afterwards == Afterwards.KILL) {
            program.awaitEnd();
        }
        return image;
    }

    /** Brings {@code image} back. */
    void restore(Path image, Map<String, List<String>> options) {
        program = sandbox.own(Program.attach(
                stasis.restore(RestoreRequest.of(image).withAllPluginOptions(options), Progress.NONE).root()));
    }

    /** Dumped, killed, restored. */
    void throughDeath() {
        restore(dump(Afterwards.KILL, Map.of()), Map.of());
        awaitRest();
    }

    /** What stands in the way of a dump. */
    List<Problem> refusedDump() {
        return refusal(() -> stasis.dump(DumpRequest.of(program.pid(), sandbox.path("refused")), Progress.NONE));
    }

    /** What stands in the way of restoring {@code image}. */
    List<Problem> refusedRestore(Path image) {
        return refusal(() -> stasis.restore(RestoreRequest.of(image), Progress.NONE));
    }

    private static List<Problem> refusal(Runnable attempt) {
        StasisException refusal = catchThrowableOfType(StasisException.class, attempt::run);
        assertThat(refusal).as("the refusal").isNotNull();
        return refusal.problems();
    }
}
