package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An instance with hundreds of watches and events that wait, whose watches a restore adds while the tree is still being made: nothing of
 * that may show. Of one with nothing that waits, or a watch for one event only, they are added last.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class ManyWatchesSpec {
    private static final String MARKS = "answer = '\\n'.join(l for l in fdinfo(fd).split('\\n') if l.startswith('inotify'))";

    /** Directories, files and symbolic links take turns; every seventh number is free; the directory with them is watched too. */
    private static PythonProgram start(Stasis stasis, Sandbox sandbox, boolean waiting, String more) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        return PythonProgram.start(stasis, sandbox, sandbox.path("program"), "directory = '" + directory + "'\n" + """
                os.chdir(directory)
                ALL, DONT_FOLLOW = 0xfff, 0x02000000
                fd = call(294, 0)
                call(254, fd, b'.', ALL)
                for i in range(900):
                    name = 'n%d' % i
                    if i % 3 == 0: os.mkdir(name)
                    elif i % 3 == 1: os.close(os.open(name, os.O_RDWR | os.O_CREAT))
                    else: os.symlink('nowhere', name)
                    watch = call(254, fd, name.encode(), ALL | DONT_FOLLOW)
                    if i % 7 == 0: call(255, fd, watch)
                kept = os.open('n1', os.O_RDWR)
                gone = os.open('n0/gone', os.O_RDWR | os.O_CREAT); os.write(gone, b'x'); os.unlink('n0/gone')
                mapped = os.open('n4', os.O_RDONLY)
                def drain():
                    data = b''
                    while pending(fd): data += os.read(fd, 1 << 16)
                    return data
                drain()
                """ + more + (waiting ? "\nos.close(os.open('n3/new', os.O_CREAT)); os.chmod('n7', 0o600)\n" : "\n"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersMasksAndGapsComeBackAndNothingShowsOfIt(boolean waiting, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, waiting, "");
        String marks = python.ask(MARKS);
        assertThat(marks.lines()).hasSizeGreaterThan(700);
        String pending = python.ask("answer = pending(fd)");
        assertThat(pending.equals("0")).isNotEqualTo(waiting);
        python.throughDeath();
        assertThat(python.ask(MARKS)).isEqualTo(marks);
        assertThat(python.ask("answer = pending(fd)")).isEqualTo(pending);
        python.ask("waited = drain(); os.mkdir('n6/after')");
        assertThat(python.ask("answer = len(waited)")).isEqualTo(pending);
        assertThat(python.ask("answer = [struct.unpack_from('iIII', drain())[1] & 0xfff]")).isEqualTo("[" + 0x100 + "]");
        assertThat(python.ask("answer = call(254, fd, b'n0', ALL)")).as("the number that the next watch gets").isEqualTo("902");
    }

    @Test
    void aWatchForOneEventIsNotEndedByTheRestore(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, true, "os.mkdir('once'); call(254, fd, b'once', 0x80000000 | ALL); os.chdir('once')\n"
                + "inside = os.open('inside', os.O_RDWR | os.O_CREAT); os.chdir('..'); drain(); call(254, fd, b'once', 0x80000000 | ALL)");
        String marks = python.ask(MARKS);
        String pending = python.ask("answer = pending(fd)");
        assertThat(marks).contains("mask:80000fff");
        python.throughDeath();
        assertThat(python.ask(MARKS)).isEqualTo(marks);
        assertThat(python.ask("answer = pending(fd)")).isEqualTo(pending);
    }

    @Test
    void whereTheyAreMoreThanAreAllowedTheRestoreIsRefusedAndLeavesNothing(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, true, "");
        String marks = python.ask(MARKS);
        Path image = python.dump(Afterwards.KILL);
        try (Sysctl watches = Sysctl.set("fs.inotify.max_user_watches", "600")) {
            assertThatThrownBy(() -> python.restore(image, Map.of())).hasMessageContaining("fs.inotify.max_user_watches");
        }
        python.restore(image, Map.of());
        assertThat(python.ask(MARKS)).isEqualTo(marks);
    }

    @Test
    void aChangeMeanwhileIsToldBehindWhatWaited(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, true, "");
        int pending = Integer.parseInt(python.ask("answer = pending(fd)"));
        Path image = python.dump(Afterwards.KILL);
        Files.createFile(sandbox.path("watched").resolve("n6/meanwhile"));
        python.restore(image, Map.of());
        assertThat(python.ask("answer = pending(fd)")).isEqualTo(Integer.toString(pending + 16));
        assertThat(python.ask("answer = drain()[-16:-8].hex()")).isEqualTo("ffffffff00400000");
    }
}
