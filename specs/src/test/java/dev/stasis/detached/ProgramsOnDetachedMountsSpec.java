package dev.stasis.detached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that nobody wrote for this work on in a directory that was unmounted lazily, through their death. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsOnDetachedMountsSpec {

    private static Detaching bound(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.createDirectories(sandbox.path("source/in"));
        Files.writeString(sandbox.path("source/in/file"), "contents of the file\n");
        Detaching detaching = new Detaching(stasis, sandbox);
        detaching.bind("source", "mount");
        return detaching;
    }

    private static int count(Path file) {
        String text = text(file).strip();
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** Nothing while it is not there, or is about to be replaced. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException beingWritten) {
            return "";
        }
    }

    @Test
    void aShellWorksOnInItsCurrentDirectory(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program shell = sandbox.start("bash", "-c", "cd mount/in; while :; do i=$((i + 1)); cat < file > copy; echo $i > count.new;"
                + " mv count.new count; ls ..; sleep 0.02; done");
        Path count = sandbox.path("source/in/count");
        Await.until("it counts", () -> count(count) > 2);
        detaching.detach("mount");
        for (int round = 0; round < 3; round++) {
            int before = count(count);
            Await.until("it counts on", () -> count(count) > before + 2);
            Path image = sandbox.path("image-" + round);
            stasis.dump(DumpRequest.of(shell.pid(), image), Progress.NONE);
            shell.awaitEnd();
            sandbox.awaitOrphans(left -> { });
            int reached = count(count);
            shell = detaching.restore(image, Map.of());
            Await.until("it counts on after its death", () -> count(count) > reached + 2);
            Await.until("it copies", () -> text(sandbox.path("source/in/copy")).equals("contents of the file\n"));
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + shell.pid() + "/cwd"))).isEqualTo(Path.of("/in"));
        }
        shell.close();
        sandbox.awaitOrphans(left -> { });
        assertThat(sandbox.path("output")).content().doesNotContain("No such file");
    }

    /** The handler of python's http.server, with requests and answers in memory where its socket would be. */
    private static final String SERVER = """
            import http.server, io
            class Request:
                def __init__(self, path): self.question = io.BytesIO(b'GET ' + path + b' HTTP/1.0\\r\\n\\r\\n'); self.answer = b''
                def makefile(self, mode, *_): return self.question
                def sendall(self, data): self.answer += data
            class Handler(http.server.SimpleHTTPRequestHandler):
                def log_message(self, *_): pass
            def get(path):
                request = Request(path); Handler(request, ('nowhere', 0), None, directory='.')
                return request.answer.split(b'\\r\\n\\r\\n', 1)[1]
            os.chdir('mount/in'); directory = os.open('.', os.O_RDONLY)""";

    @Test
    void theHandlerOfAWebServerServesOn(Stasis stasis, Sandbox sandbox) throws Exception {
        Detaching detaching = bound(stasis, sandbox);
        Program server = detaching.start(SERVER, "result = (get(b'/file'), b'href=\"file\"' in get(b'/'), get(b'/new'), os.listdir(directory))");
        detaching.detach("mount");
        assertThat(detaching.report(server)).startsWith("(b'contents of the file\\n', True,").contains("File not found");
        Program back = detaching.throughDeath(server);
        Files.writeString(sandbox.path("source/in/new"), "made meanwhile");
        assertThat(detaching.report(back)).startsWith("(b'contents of the file\\n', True, b'made meanwhile', [");
    }
}
