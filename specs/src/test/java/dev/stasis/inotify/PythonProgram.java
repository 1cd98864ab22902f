package dev.stasis.inotify;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * A python3 program that does what it is asked: at SIGUSR1 it runs the statements in a file, and writes what they leave in
 * {@code answer}. It calls the kernel through ctypes, as programs do that bring no library for it.
 */
final class PythonProgram {
    private static final int SIGUSR1 = 10;
    private static final int PAUSE = 34;
    private static final String PYTHON =
            Command.run("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").strip();
    private static final String PRELUDE = """
            import ctypes, fcntl, os, signal, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            def call(number, *arguments):
                result = libc.syscall(number, *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
                if result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                return result
            def pending(fd):
                return struct.unpack('i', fcntl.ioctl(fd, 0x541b, b'0000'))[0]
            def fdinfo(fd):
                return open('/proc/self/fdinfo/%d' % fd).read()
            """;

    private final Stasis stasis;
    private final Sandbox sandbox;
    private final Path place;
    private Program program;

    private PythonProgram(Stasis stasis, Sandbox sandbox, Path place) {
        this.stasis = stasis;
        this.sandbox = sandbox;
        this.place = place;
    }

    /** Starts one that does {@code setUp}; what it is asked goes through files of the new directory {@code place}. */
    static PythonProgram start(Stasis stasis, Sandbox sandbox, Path place, String setUp) throws IOException {
        PythonProgram python = new PythonProgram(stasis, sandbox, Files.createDirectories(place));
        Files.writeString(place.resolve("program.py"), PRELUDE + setUp + "\nhere = '" + place + "'\n" + """
                def serve(*_):
                    try:
                        scope = globals(); scope['answer'] = ''
                        exec(open(here + '/question').read(), scope)
                        text = str(scope['answer'])
                    except BaseException as e:
                        text = 'FAILED ' + repr(e)
                    with open(here + '/answer.new', 'w') as f: f.write(text)
                    os.rename(here + '/answer.new', here + '/answer')
                signal.signal(signal.SIGUSR1, serve)
                while True: signal.pause()
                """);
        python.program = sandbox.start(PYTHON, "-S", "-E", place.resolve("program.py").toString());
        python.awaitPause();
        return python;
    }

    private void awaitPause() {
        Await.until("the program waits", () -> {
            if (!program.isAlive()) {
                throw new AssertionError("it ended: " + read(sandbox.path("output")));
            }
            return program.systemCall().equals(Optional.of(PAUSE));
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Program program() {
        return program;
    }

    /** Has it run {@code statements}; returns what they assigned to {@code answer}. */
    String ask(String statements) throws IOException {
        Files.writeString(place.resolve("question.new"), statements);
        Files.move(place.resolve("question.new"), place.resolve("question"), StandardCopyOption.ATOMIC_MOVE);
        program.signal(SIGUSR1);
        Await.until("it answers", () -> Files.exists(place.resolve("answer")));
        String answer = Files.readString(place.resolve("answer"));
        Files.delete(place.resolve("answer"));
        awaitPause();
        if (answer.startsWith("FAILED")) {
            throw new AssertionError(answer + "\n" + statements);
        }
        return answer;
    }

    /** Whether {@link #ask} returns {@code answer}. */
    boolean answers(String statements, String answer) {
        try {
            return ask(statements).equals(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dumps it; returns the image. */
    Path dump(Afterwards afterwards) {
        Path image = sandbox.path("image" + System.nanoTime());
        stasis.dump(DumpRequest.of(program.pid(), image).then(afterwards), Progress.NONE);
        if (afterwards == Afterwards.KILL) {
            program.awaitEnd();
        }
        return image;
    }

    /** Brings {@code image} back, with these values of plugin options. */
    void restore(Path image, Map<String, String> options) {
        program = sandbox.own(Program.attach(
                stasis.restore(RestoreRequest.of(image).withPluginOptions(options), Progress.NONE).root()));
        awaitPause();
    }

    /** Dumped, killed, restored without a word of what changed meanwhile. */
    void throughDeath() {
        restore(dump(Afterwards.KILL), Map.of("missed-events", "never"));
    }
}
