package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Watches that end themselves or pass over deleted files, and instances that send signals or are shared, stay as they are. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class WatchFlagsSpec {
    private static final String MARKS = "answer = '\\n'.join(l for l in fdinfo(fd).split('\\n') if l.startswith('inotify'))";

    private Path directory;

    private PythonProgram start(Stasis stasis, Sandbox sandbox, String setUp) throws Exception {
        directory = Files.createDirectory(sandbox.path("watched"));
        return PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                def events(fd):
                    found = []
                    data = os.read(fd, pending(fd)) if pending(fd) else b''
                    while data:
                        watch, mask, _, length = struct.unpack_from('iIII', data)
                        found.append('%d %x %s' % (watch, mask, data[16:16 + length].rstrip(bytes(1)).decode()))
                        data = data[16 + length:]
                    return found
                directory = '""" + directory + "'\n" + setUp);
    }

    private static void pass(PythonProgram python, Afterwards afterwards) {
        if (afterwards == Afterwards.KILL) {
            python.throughDeath();
        } else {
            python.dump(afterwards);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void aWatchThatEndsAfterItsFirstEventDoesSo(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                open(directory + '/file', 'w').close()
                fd = call(294, 0); call(254, fd, (directory + '/file').encode(), 0x80000002)
                """);
        String marks = python.ask(MARKS);
        assertThat(marks).contains("mask:80000002");
        pass(python, afterwards);
        assertThat(python.ask(MARKS)).isEqualTo(marks);
        Files.writeString(directory.resolve("file"), "x");
        Files.writeString(directory.resolve("file"), "y");
        assertThat(python.ask("answer = events(fd)")).isEqualTo("['1 2 ', '1 8000 ']");
        assertThat(python.ask(MARKS)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void aWatchThatPassesOverDeletedFilesDoesSo(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                gone = os.open(directory + '/gone', os.O_RDWR | os.O_CREAT); os.write(gone, b'x'); os.unlink(directory + '/gone')
                fd = call(294, 0); call(254, fd, directory.encode(), 0x04000002)
                all = call(294, 0); call(254, all, directory.encode(), 0x2)
                """);
        String marks = python.ask(MARKS);
        assertThat(marks).contains("mask:4000002");
        pass(python, afterwards);
        assertThat(python.ask(MARKS)).isEqualTo(marks);
        python.ask("os.write(gone, b'y')");
        Files.writeString(directory.resolve("file"), "x");
        assertThat(python.ask("answer = events(fd)")).isEqualTo("['1 2 file']");
        assertThat(python.ask("answer = events(all)")).isEqualTo("['1 2 gone', '1 2 file']");
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void anInstanceKeepsItsOwnerAndItsSignalAndWhetherItIsClosedOnExec(Afterwards afterwards, Stasis stasis, Sandbox sandbox)
            throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                told = []
                signal.signal(signal.SIGUSR2, lambda *_: told.append(1))
                fd = call(294, 0o2000000); call(254, fd, directory.encode(), 0x100)
                open(directory + '/before', 'w').close()
                plain = call(294, 0o4000)
                fcntl.fcntl(fd, 8, os.getpid()); fcntl.fcntl(fd, 10, signal.SIGUSR2)
                fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | 0o20000)
                """);
        String settings = "answer = [fcntl.fcntl(f, c) for f in (fd, plain) for c in (fcntl.F_GETFD, fcntl.F_GETFL, 9, 11)]"
                + " + [os.getpid()]";
        String before = python.ask(settings);
        int pid = python.program().pid().number();
        assertThat(before).isEqualTo("[1, " + 020000 + ", " + pid + ", 12, 0, " + 04000 + ", 0, 0, " + pid + "]");
        pass(python, afterwards);
        assertThat(python.ask(settings)).isEqualTo(before);
        assertThat(python.ask("answer = len(told)")).as("signals without a new event").isEqualTo("0");
        Files.createFile(directory.resolve("after"));
        Await.until("the signal comes", () -> python.answers("answer = len(told)", "1"));
        assertThat(python.ask("answer = events(fd)")).isEqualTo("['1 100 before', '1 100 after']");
    }

    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void parentAndForkedChildReadFromOneQueue(Afterwards afterwards, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                fd = call(294, 0); call(254, fd, directory.encode(), 0x100)
                asked, ask = os.pipe(); answered, give = os.pipe()
                child = os.fork()
                if child == 0:
                    os.close(ask)
                    while os.read(asked, 1): os.write(give, os.read(fd, 32))
                    os._exit(0)
                def child_reads():
                    os.write(ask, b'x'); return os.read(answered, 32)[16:].rstrip(bytes(1)).decode()
                """);
        for (String name : new String[] {"one", "two", "three"}) {
            Files.createFile(directory.resolve(name));
        }
        pass(python, afterwards);
        assertThat(python.ask("answer = call(312, os.getpid(), child, 0, fd, fd)")).as("kcmp").isEqualTo("0");
        assertThat(python.ask("answer = pending(fd)")).isEqualTo("96");
        assertThat(python.ask("answer = child_reads()")).isEqualTo("one");
        assertThat(python.ask("answer = os.read(fd, 32)[16:].rstrip(bytes(1))")).isEqualTo("b'two'");
        Files.createFile(directory.resolve("four"));
        assertThat(python.ask("answer = child_reads() + child_reads()")).isEqualTo("threefour");
        python.ask("os.close(ask); os.waitpid(child, 0)");
    }
}
