package dev.stasis.unixsockets;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A python program that makes sockets, is ready, and goes on when it is told so: it compares what it then sees with what it saw
 * before, and says so.
 */
final class SocketProgram {
    private static final String BEGIN = """
            import array, errno, os, signal, socket, struct, sys, time
            from socket import AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOL_SOCKET
            os.closerange(3, 30)
            socks, children = {}, []
            def keep(**more): socks.update(more); return tuple(more.values())
            def name(ask):
                try: return ask()
                except OSError as e: return e.errno
            def option(s, number):
                try: return s.getsockopt(SOL_SOCKET, number, 64)
                except OSError as e: return e.errno
            OPTIONS = [2, 3, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 20, 21, 29, 34, 35, 36, 40, 42, 44, 59, 72, 76]
            def status(s): st = os.fstat(s.fileno()); return st.st_mode, st.st_uid, st.st_gid
            def state():
                return {k: (name(s.getsockname), name(s.getpeername), status(s), [option(s, o) for o in OPTIONS], s.gettimeout())
                        for k, s in socks.items()}
            def say(*words):
                with open('said', 'a') as said: said.write(' '.join(map(str, words)) + '\\n')
            def child(function):
                pid = os.fork()
                if pid == 0:
                    try: function()
                    finally: os._exit(0)
                return pid
            def parked(function):
                def run():
                    function(); os.write(ready, b'!')
                    while True: signal.pause()
                reads, ready = os.pipe(); pid = child(run); children.append(pid)
                os.read(reads, 1); os.close(reads); os.close(ready)
                return pid
            def listener(at, kind=SOCK_STREAM, backlog=5):
                s = socket.socket(AF_UNIX, kind); s.bind(at); s.listen(backlog); return s
            def client(at, kind=SOCK_STREAM): s = socket.socket(AF_UNIX, kind); s.connect(at); return s
            def fails(what, *arguments):
                try: return what(*arguments)
                except OSError as e: return errno.errorcode[e.errno]
            def pause():
                before = state(); open('ready', 'w').close()
                while not os.path.exists('go'): time.sleep(.01)
                after = state()
                for k in before:
                    if before[k] != after[k]: say('differs', k, before[k], after[k])
                say('back')
            """;

    private final Stasis stasis;
    private final Sandbox sandbox;
    private Program program;

    SocketProgram(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
    }

    /** Starts {@code script}, which calls {@code pause()} once, and waits until it does. */
    SocketProgram start(String script) {
        program = sandbox.start(Program.find("python3").toString(), "-u", "-c",
                BEGIN + script + "\nfor c in children: os.kill(c, 9); os.waitpid(c, 0)\nsay('end')\n");
        Await.until(() -> program + " is ready", () -> Files.exists(sandbox.path("ready")) || !program.isAlive());
        return this;
    }

    Program program() {
        return program;
    }

    Path image() {
        return sandbox.path("image");
    }

    SocketProgram dumpAndKill(Map<String, String> options) {
        stasis.dump(DumpRequest.of(program.pid(), image()).withPluginOptions(options), Progress.NONE);
        program.awaitEnd();
        return this;
    }

    SocketProgram dumpAndLeave(String image) {
        stasis.dump(DumpRequest.of(program.pid(), sandbox.path(image)).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
        return this;
    }

    SocketProgram restore(Map<String, List<String>> options) {
        program = sandbox.own(Program.attach(
                stasis.restore(RestoreRequest.of(image()).withAllPluginOptions(options), Progress.NONE).root()));
        return this;
    }

    SocketProgram throughDeath() {
        return dumpAndKill(Map.of()).restore(Map.of());
    }

    SocketProgram kill() {
        program.signal(9);
        program.awaitEnd();
        return this;
    }

    /** Lets it go on to its end; returns what it said. */
    List<String> goOn() {
        try {
            Files.createFile(sandbox.path("go"));
            Await.until(() -> program + " says end, but it said " + said(), () -> said().contains("end") || !program.isAlive());
            return said();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> said() {
        Path said = sandbox.path("said");
        try {
            return Files.exists(said) ? Files.readAllLines(said) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why it is not dumped, socket by socket. */
    List<String> refusals() {
        try {
            stasis.dump(DumpRequest.of(program.pid(), image()), Progress.NONE);
        } catch (StasisException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
        throw new AssertionError("it was dumped");
    }

    /** Why it is not restored. */
    List<String> obstacles() {
        try {
            restore(Map.of());
        } catch (StasisException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
        throw new AssertionError("it was restored");
    }
}
