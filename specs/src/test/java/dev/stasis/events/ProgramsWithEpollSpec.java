package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that nobody here wrote, and that do all they do in a loop around an epoll instance. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithEpollSpec {
    private static final int LIMIT_MILLIS = 30_000;

    /** Java keeps a socket of its own from the first use of one on: not in a test, which would be said to have left it behind. */
    @BeforeAll
    static void useASocket() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            socket.shutdownOutput();
        }
    }

    private static String output(Sandbox sandbox) {
        try {
            return Files.readString(sandbox.path("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitOutput(Sandbox sandbox, String end) {
        Await.until(() -> "the output ends with " + end + ", not as " + output(sandbox), () -> output(sandbox).endsWith(end));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What the server at {@code port} answers, without the head; the connection does not last. */
    private static String get(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void awaitAnswer(int port, String answer) {
        Await.until(() -> "port " + port + " answers " + answer, () -> get(port).equals(answer));
    }

    /** A server with a connection, a listener, a pipe, a child and a timer, all of them in the loop's one instance. */
    @Test
    void anAsyncioProgramGoesOnWithAllThatIsInItsLoop(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python("""
                import asyncio
                async def echo(reader, writer):
                    while line := await reader.readline(): writer.write(b'echo ' + line)
                    writer.close()
                async def main():
                    await asyncio.start_unix_server(echo, 'socket'); reader, writer = await asyncio.open_unix_connection('socket')
                    read, write = os.pipe(); pipe = asyncio.StreamReader(); ticks = 0
                    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), os.fdopen(read, 'rb'))
                    cat = await asyncio.create_subprocess_exec('/bin/cat', stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
                    async def tick():
                        nonlocal ticks
                        while True: await asyncio.sleep(.01); ticks += 1
                    ticking, waiting = asyncio.create_task(tick()), asyncio.create_task(pipe.readexactly(5))
                    writer.write(b'before\\n'); say(await reader.readline())
                    say('ready')
                    while not os.path.exists('go'): await asyncio.sleep(.01)
                    writer.write(b'after\\n'); say(await reader.readline())
                    cat.stdin.write(b'through cat\\n'); say(await cat.stdout.readline())
                    os.write(write, b'piped'); say(await waiting)
                    seen = ticks
                    while ticks == seen: await asyncio.sleep(.01)
                    cat.stdin.close(); say('cat ended with', await cat.wait())
                    again, other = await asyncio.open_unix_connection('socket'); other.write(b'new\\n'); say(await again.readline())
                    say('end')
                asyncio.run(main())
                """);

        Program back = cycle.throughDeath(program);

        cycle.give("go");
        cycle.awaitWord("end");
        assertThat(cycle.said()).containsExactly("b'echo before\\n'", "ready", "b'echo after\\n'", "b'through cat\\n'", "b'piped'",
                "cat ended with 0", "b'echo new\\n'", "end");
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).as("%s", end).isTrue());
    }

    @Test
    void aJvmWithASelectorGoesOnSelecting(Stasis stasis, Sandbox sandbox) {
        Path home = Path.of(System.getProperty("java.home"));
        Command.run(home.resolve("bin/javac").toString(), "-d", sandbox.directory().toString(), "-nowarn",
                Path.of("src/test/resources/programs/Selecting.java").toAbsolutePath().toString());
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = sandbox.start(home.resolve("bin/java").toString(), "-XX:-UsePerfData", "-XX:+UseSerialGC", "-Xmx64m", "-cp", ".",
                "Selecting");
        awaitOutput(sandbox, "ready\n");

        Program back = cycle.throughDeath(program);

        cycle.give("go");
        Await.until(() -> "all pipes are read, not " + output(sandbox), () -> output(sandbox).lines().count() == 21);
        for (int i = 0; i < 20; i++) {
            assertThat(output(sandbox)).contains("\n" + i + ": number " + i + "\n");
        }
        cycle.give("wake");
        awaitOutput(sandbox, "woken 0\nin time 0\n");
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).as("%s", end).isTrue());
    }

    /** Its loop has the listener, an eventfd for its pool of threads, and timers; a file is read by that pool. */
    @Test
    void nodeServesAndItsTimersGoOn(Stasis stasis, Sandbox sandbox) throws Exception {
        int port = freePort();
        Files.writeString(sandbox.path("file"), "read");
        Program node = sandbox.start(Program.find("node").toString(), "-e", """
                const fs = require('fs'); let ticks = 0; setInterval(() => ticks++, 10);
                require('http').createServer((request, response) => { const seen = ticks; setTimeout(() => fs.readFile('file', 'utf8',
                    (error, text) => response.end(text + ' ' + (ticks > seen))), 100) }).listen(%d, '127.0.0.1')
                """.formatted(port));
        awaitAnswer(port, "read true");
        Await.until("it waits", () -> node.systemCall().equals(Optional.of(SyscallNumber.EPOLL_PWAIT)));

        new EventCycle(stasis, sandbox).throughDeath(node);

        for (int i = 0; i < 3; i++) {
            assertThat(get(port)).isEqualTo("read true");
        }
    }
}
