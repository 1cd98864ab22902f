package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fanotify groups come back with their flags and marks, and tell of events that the kernel lets nobody keep. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class FanotifySpec {
    private static final String GROUPS = """
            ADD, MOUNT, IGNORED, SURVIVE, FILESYSTEM, EVICTABLE, IGNORE = 1, 0x10, 0x20, 0x40, 0x100, 0x200, 0x400
            ACCESS, MODIFY, ATTRIB, CLOSE_WRITE, OPEN, CREATE, DELETE, RENAME = 1, 2, 4, 8, 0x20, 0x100, 0x200, 0x10000000
            OPEN_PERM, ON_CHILD, ONDIR, OVERFLOW = 0x10000, 0x08000000, 0x40000000, 0x4000
            def group(flags, event_flags=0): return call(300, flags | 3, event_flags)
            def mark(fd, flags, mask, path): call(301, fd, flags, mask, -100, path.encode())
            def events(fd):
                found = []
                while pending(fd):
                    data = os.read(fd, 1 << 16)
                    while data:
                        length, version, _, head, mask, file, pid = struct.unpack('<IBBHQii', data[:24])
                        path = ''
                        if file >= 0: path = os.path.basename(os.readlink('/proc/self/fd/%d' % file)); os.close(file)
                        elif head < length: path = data[head + 20 + struct.unpack('<I', data[head + 12:head + 16])[0]:length].split(b'\\0')[0].decode()
                        found.append('%x %s' % (mask, path))
                        data = data[length:]
                return found
            """;

    private Path directory;

    @BeforeEach
    void makeWhatIsMarked(Sandbox sandbox) throws Exception {
        directory = sandbox.mountTmpfs("marked", "size=16m");
        Files.writeString(directory.resolve("file"), "x");
        Files.createDirectory(directory.resolve("inner"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    }

    private PythonProgram start(Stasis stasis, Sandbox sandbox, String setUp) throws Exception {
        return PythonProgram.start(stasis, sandbox, sandbox.path("program"), GROUPS + "directory = '" + directory + "'\n" + setUp);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "g = group(0, os.O_RDWR | os.O_LARGEFILE); mark(g, ADD, OPEN | CLOSE_WRITE | ON_CHILD | ONDIR, directory)",
        "g = group(0); mark(g, ADD, OPEN, directory + '/file'); mark(g, ADD | IGNORED, ACCESS, directory + '/file')",
        "g = group(0); mark(g, ADD | IGNORED | SURVIVE, MODIFY, directory + '/file'); mark(g, ADD, OPEN, directory + '/inner')",
        "g = group(0); mark(g, ADD | MOUNT, OPEN, directory); mark(g, ADD | MOUNT | IGNORED | SURVIVE, ACCESS, directory)",
        "g = group(0x200); mark(g, ADD | FILESYSTEM, CREATE | DELETE | ONDIR | ATTRIB, directory)",
        "g = group(0xe00); mark(g, ADD, CREATE | DELETE | ONDIR | RENAME, directory); mark(g, ADD | EVICTABLE, ATTRIB, directory + '/file')",
        "g = group(0x1e00); mark(g, ADD | IGNORE | SURVIVE, ATTRIB | ONDIR | ON_CHILD, directory); mark(g, ADD | FILESYSTEM, ATTRIB, directory)",
        "g = group(0x100 | 0x200); mark(g, ADD, OPEN, directory + '/file')",
        "g = group(0x1e00); mark(g, ADD, MODIFY | CLOSE_WRITE, directory + '/file')",
        "g = group(0x30); mark(g, ADD, OPEN, directory)",
        "g = group(0x4); mark(g, ADD, OPEN_PERM | ON_CHILD, directory + '/inner'); mark(g, ADD, OPEN, directory)",
        "g = group(0x8); mark(g, ADD | MOUNT, OPEN_PERM | OPEN, directory)",
        "g = group(0x2000); mark(g, ADD | 0x4, OPEN, directory + '/link')",
    })
    void flagsAndMarksAreWhatTheyWere(String setUp, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, setUp);
        String marks = "answer = '\\n'.join(sorted(fdinfo(g).split('\\n')[4:])) + str(fcntl.fcntl(g, fcntl.F_GETFL))";
        String before = python.ask(marks);
        python.throughDeath();
        assertThat(python.ask(marks)).isEqualTo(before);
        assertThat(python.ask("answer = pending(g)")).isEqualTo("0");
        python.dump(Afterwards.LEAVE_RUNNING);
        assertThat(python.ask(marks)).isEqualTo(before);
    }

    @Test
    void marksOfEachKindSeeWhatHappensInTheSecondLife(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                inode = group(0); mark(inode, ADD, CLOSE_WRITE | ON_CHILD, directory)
                mount = group(0); mark(mount, ADD | MOUNT, CLOSE_WRITE, directory)
                named = group(0xe00); mark(named, ADD | FILESYSTEM, CREATE | DELETE, directory)
                quiet = group(0); mark(quiet, ADD | MOUNT, CLOSE_WRITE, directory); mark(quiet, ADD | IGNORED | SURVIVE, CLOSE_WRITE, directory + '/file')""");
        python.throughDeath();
        Files.writeString(directory.resolve("file"), "again");
        Files.createFile(directory.resolve("new"));
        assertThat(python.ask("answer = (events(inode), events(mount), events(named), events(quiet))"))
                .isEqualTo("(['8 file', '8 new'], ['8 file', '8 new'], ['100 new'], ['8 new'])");
    }

    @Test
    void marksOnOverlayfsProcAndSysfsComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        Path overlay = Files.createDirectories(Disks.mount("overlay", sandbox).resolve("case/below"));
        PythonProgram python = start(stasis, sandbox, """
                files = group(0); mark(files, ADD, OPEN, '%s/file'); mark(files, ADD, OPEN, '/proc/sys/kernel/pid_max')
                mark(files, ADD, OPEN, '/sys/kernel/profiling'); mark(files, ADD, OPEN, '/proc/self/comm')
                inside = group(0); mark(inside, ADD, OPEN | ON_CHILD, '%s')""".formatted(overlay, overlay));
        python.dump(Afterwards.LEAVE_RUNNING);
        python.throughDeath();
        python.ask("events(files); events(inside); [open(one).close() for one in ('%s/file', '/proc/sys/kernel/pid_max', '/sys/kernel/profiling', '/proc/self/comm')]".formatted(overlay));
        assertThat(python.ask("answer = (events(files), events(inside))"))
                .isEqualTo("(['20 file', '20 pid_max', '20 profiling', '20 comm'], ['20 file'])");
    }

    @Test
    void eventsThatWaitStayWithALivingProgramAndAreToldAsLostToARestoredOne(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                plain = group(0); mark(plain, ADD, CLOSE_WRITE | ON_CHILD, directory)
                named = group(0xe00); mark(named, ADD, CREATE, directory)
                pidfds = group(0x80); mark(pidfds, ADD, CLOSE_WRITE | ON_CHILD, directory)
                idle = group(0); mark(idle, ADD, CLOSE_WRITE, directory + '/file')""");
        Files.createFile(directory.resolve("new"));
        String descriptors = python.ask("answer = len(os.listdir('/proc/self/fd'))");
        Path image = python.dump(Afterwards.LEAVE_RUNNING);
        assertThat(python.ask("answer = (events(plain), events(named), events(pidfds), events(idle))"))
                .isEqualTo("(['8 new'], ['100 new'], ['8 new'], [])");
        python.program().close();
        python.restore(image, Map.of("missed-events", "never"));
        assertThat(python.ask("answer = len(os.listdir('/proc/self/fd'))")).isEqualTo(descriptors);
        Files.createFile(directory.resolve("later"));
        assertThat(python.ask("answer = (events(plain), events(named), events(pidfds), events(idle))"))
                .isEqualTo("(['4000 ', '8 later'], ['4000 ', '100 later'], ['4000 ', '8 later'], [])");
    }

    @Test
    void whatChangedMeanwhileIsToldAsAnOverflow(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                changed = group(0); mark(changed, ADD, CLOSE_WRITE, directory + '/file')
                same = group(0); mark(same, ADD, OPEN, directory + '/inner')
                whole = group(0); mark(whole, ADD | MOUNT, CLOSE_WRITE, directory)""");
        Path image = python.dump(Afterwards.KILL);
        Thread.sleep(20);
        Files.writeString(directory.resolve("file"), "changed");
        python.restore(image, Map.of());
        assertThat(python.ask("answer = (events(changed), events(same), events(whole))"))
                .isEqualTo("(['4000 '], [], ['4000 '])");
    }

    @Test
    void aPermissionEventThatIsPendingIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        Files.createFile(directory.resolve("inner/guarded"));
        PythonProgram python = start(stasis, sandbox, "g = group(0x4); mark(g, ADD, OPEN_PERM | ON_CHILD, directory + '/inner')");
        Program asker = sandbox.start("cat", directory.resolve("inner/guarded").toString());
        Await.until("it asks", () -> askedFor(python));
        assertThatThrownBy(() -> python.dump(Afterwards.KILL)).hasMessageContaining("permission events may be pending")
                .hasMessageContaining("read and answer");
        python.ask("event = os.read(g, 4096); file = struct.unpack('<i', event[16:20])[0]");
        assertThatThrownBy(() -> python.dump(Afterwards.KILL)).hasMessageContaining("permission event may be pending: task " + asker.pid());
        python.ask("os.write(g, struct.pack('<iI', file, 1)); os.close(file)");
        assertThat(asker.awaitEnd()).isPresent();
        python.throughDeath();
        assertThat(python.ask("answer = pending(g)")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0x4", "0x8", "0x200"})
    void marksOnDeletedFilesComeBack(String kind, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                files = [os.open(directory + '/gone%%d' %% i, os.O_RDWR | os.O_CREAT) for i in range(2)]
                g = group(%s); mark(g, ADD, OPEN | MODIFY, directory + '/gone0'); mark(g, ADD, MODIFY, directory + '/file')
                mark(g, ADD, MODIFY, directory + '/gone1'); mark(g, ADD | IGNORED, ACCESS, directory + '/gone1')
                for i in range(2): os.unlink(directory + '/gone%%d' %% i)""".formatted(kind));
        String masks = "answer = sorted(line[line.index('mflags'):line.index('fhandle')] for line in fdinfo(g).split('\\n') if 'ino:' in line and 'sdev' in line)";
        String before = python.ask(masks);
        python.throughDeath();
        assertThat(python.ask(masks)).isEqualTo(before);
        assertThat(python.ask("answer = pending(g)")).isEqualTo("0");
        assertThat(python.ask("os.write(files[0], b'x'); answer = [e.split(' ')[0] for e in events(g)]")).isEqualTo("['2']");
        assertThat(python.ask("os.write(files[1], b'x'); answer = [e.split(' ')[0] for e in events(g)]")).isEqualTo("['2']");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mark(g, ADD, OPEN_PERM | 0x20000, gone)",
        "mark(g, ADD, OPEN_PERM | ON_CHILD, directory)",
        "mark(g, ADD | MOUNT, OPEN_PERM, directory)",
        "mark(g, ADD | FILESYSTEM, 0x20000, directory)",
        "mark(g, ADD, OPEN_PERM | ONDIR, directory + '/inner'); i = call(294, 0)",
    })
    void whatNobodyCouldPermitToReadIsRefused(String guard, Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, "gone = directory + '/gone'; f = os.open(gone, os.O_RDWR | os.O_CREAT); g = group(0x4)\n"
                + guard + "; os.unlink(gone)");
        assertThatThrownBy(() -> python.dump(Afterwards.KILL)).hasMessageContaining("must read while the tree stands still")
                .hasMessageContaining("take the mark away");
        assertThat(python.ask("answer = pending(g)")).isEqualTo("0");
        python.ask("os.close(g)");
        python.throughDeath();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mark(g, ADD, 0x20000, directory + '/file')", "mark(g, ADD, OPEN_PERM | ON_CHILD, directory)"})
    void aMarkThatGuardsWhatTheToolItselfHasOpenIsRefused(String guard, Stasis stasis, Sandbox sandbox) throws Exception {
        Path file = directory.resolve("file");
        try (InputStream own = Files.newInputStream(file)) {
            PythonProgram python = start(stasis, sandbox, "g = group(0x4); " + guard);
            assertThatThrownBy(() -> python.dump(Afterwards.KILL)).hasMessageContaining("it is to permit the use of " + file)
                    .hasMessageContaining("take the mark away");
            own.close();
            python.throughDeath();
        }
    }

    @Test
    void aMarkedMountThatAnotherOneHidesIsRefused(Stasis stasis, Sandbox sandbox) throws Exception {
        String point = Files.createDirectory(sandbox.path("point")).toString();
        String inner = directory.resolve("inner").toString();
        Command.run("mount", "--bind", inner, point);
        sandbox.own(() -> Command.run("umount", "-l", point));
        PythonProgram python = start(stasis, sandbox, "g = group(0); mark(g, ADD | MOUNT, OPEN, '" + point + "')");
        Command.run("mount", "--bind", inner, point);
        for (Afterwards fate : Afterwards.values()) {
            assertThatThrownBy(() -> python.dump(fate)).hasMessageContaining("the mark on mount");
        }
        Command.run("umount", point);
        python.throughDeath();
    }

    @Test
    void aGroupThatGuardsSomethingElseIsNoHindranceToReadingDeletedFiles(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, """
                gone = directory + '/gone'; f = os.open(gone, os.O_RDWR | os.O_CREAT); os.write(f, b'kept'); os.unlink(gone)
                g = group(0x4); mark(g, ADD, OPEN_PERM | ON_CHILD, %s); mark(g, ADD, OPEN_PERM, directory + '/file')"""
                .formatted("'" + sandbox.mountTmpfs("other", "size=1m") + "'"));
        python.throughDeath();
        assertThat(python.ask("answer = (os.pread(f, 9, 0), pending(g))")).isEqualTo("(b'kept', 0)");
    }

    private static boolean askedFor(PythonProgram python) {
        try {
            return python.ask("answer = pending(g)").equals("24");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatCannotBeKeptIsRefusedByName(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, "g = group(0x10); mark(g, ADD, CLOSE_WRITE | ON_CHILD, directory)");
        Files.createFile(directory.resolve("new"));
        assertThatThrownBy(() -> python.dump(Afterwards.KILL)).hasMessageContaining("FAN_UNLIMITED_QUEUE");
        python.ask("events(g); mark(g, ADD | MOUNT, OPEN, directory)");
        Path image = python.dump(Afterwards.KILL);
        Command.run("umount", "-l", directory.toString());
        assertThatThrownBy(() -> python.restore(image, Map.of())).hasMessageContaining("the mark on mount tmpfs at " + directory)
                .hasMessageContaining("the mark on inode").hasMessageContaining("--unresolved-watch=drop-with-overflow");
        Command.run("mount", "-t", "tmpfs", "stasis-test", directory.toString());
    }

    @Test
    void exhaustedLimitsNameTheSysctlToRaise(Stasis stasis, Sandbox sandbox) throws Exception {
        PythonProgram python = start(stasis, sandbox, "g = group(0); mark(g, ADD, OPEN, directory)");
        Path image = python.dump(Afterwards.KILL);
        try (Sysctl groups = Sysctl.set("fs.fanotify.max_user_groups", "0")) {
            assertThatThrownBy(() -> python.restore(image, Map.of())).hasMessageContaining("fs.fanotify.max_user_groups").hasMessageContaining("of task");
        }
        try (Sysctl marks = Sysctl.set("fs.fanotify.max_user_marks", "0")) {
            assertThatThrownBy(() -> python.restore(image, Map.of())).hasMessageContaining("fs.fanotify.max_user_marks").hasMessageContaining("of task");
        }
        python.restore(image, Map.of());
    }
}
