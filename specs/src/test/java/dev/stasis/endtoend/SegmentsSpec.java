package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.linux.memory.Segment;
import dev.stasis.linux.memory.SegmentCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** System V shared memory comes back under its number and key, at its addresses, with what was in it. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class SegmentsSpec {
    private static final int SIGUSR1 = 10;

    private final int key = 0x5354_0000 | ProcessCalls.self().number() & 0xffff;
    private Path lines;
    private Program program;
    private int named;
    private int goingWithTheLast;

    @BeforeEach
    void aProgramWithSegments(Sandbox sandbox) {
        lines = sandbox.path("lines");
        program = sandbox.start(Programs.python(), Programs.source("segments.py").toString(), Integer.toString(key), lines.toString());
        Await.until("it has its segments", () -> FileContents.text(lines).endsWith("\n"));
        String[] words = FileContents.text(lines).split(" ");
        named = Integer.parseInt(words[1]);
        goingWithTheLast = Integer.parseInt(words[2]);
    }

    @AfterEach
    void removeIt() {
        if (SegmentCalls.find(named).isPresent()) {
            SegmentCalls.remove(named);
        }
    }

    @Test
    void asLongAsItExistsItIsTakenAndGetsItsContentsBack(Stasis stasis, Sandbox sandbox) {
        SegmentCalls.own(named, 1234, 4321, 0640);
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(program, "image");
        assertThat(SegmentCalls.find(goingWithTheLast)).isEmpty();
        Segment left = SegmentCalls.find(named).orElseThrow();
        change(sandbox);

        Program back = new Cycle(stasis, sandbox).restore(image);

        Segment taken = SegmentCalls.find(named).orElseThrow();
        assertThat(taken).usingRecursiveComparison().ignoringFields("attached", "lastPid").isEqualTo(left);
        assertThat(SegmentCalls.find(goingWithTheLast)).hasValueSatisfying(segment -> assertThat(segment.attached()).isEqualTo(2));
        assertGoesOn(sandbox, back);
    }

    @Test
    void whenItIsGoneItIsMadeAgainAsOftenAsTheImageIsRestored(Stasis stasis, Sandbox sandbox) {
        SegmentCalls.own(named, 1234, 4321, 0640);
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(program, "image");
        Segment before = SegmentCalls.find(named).orElseThrow();
        for (int round = 0; round < 2; round++) {
            SegmentCalls.find(named).ifPresent(segment -> SegmentCalls.remove(named));
            Program back = new Cycle(stasis, sandbox).restore(image);
            assertThat(SegmentCalls.find(named).orElseThrow()).usingRecursiveComparison().ignoringFields("attached", "lastPid")
                    .isEqualTo(before);
            assertGoesOn(sandbox, back);
        }
    }

    private void assertGoesOn(Sandbox sandbox, Program back) {
        back.signal(SIGUSR1);
        assertThat(back.awaitEnd()).hasValueSatisfying(
                end -> assertThat(end.exitedWith(0)).as(FileContents.text(sandbox.path("output"))).isTrue());
        assertThat(FileContents.text(lines)).endsWith("key True mode 640 attached 2\n");
    }

    /** By another program, which has it no more afterwards. */
    private void change(Sandbox sandbox) {
        assertThat(sandbox.start(Programs.python(), "-c", """
                import ctypes, sys
                libc = ctypes.CDLL(None); libc.shmat.restype = ctypes.c_void_p
                ctypes.memset(libc.shmat(int(sys.argv[1]), None, 0), 65, 10000)""", Integer.toString(named)).awaitEnd())
                .hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
    }

    @Test
    void whatOthersHaveAttachedOrTookIsRefused(Stasis stasis, Sandbox sandbox) {
        Program other = sandbox.start(Programs.python(), "-c", """
                import ctypes, sys, time
                libc = ctypes.CDLL(None); libc.shmat.restype = ctypes.c_void_p
                libc.shmat(int(sys.argv[1]), None, 0); time.sleep(1000)""", Integer.toString(named));
        Await.until("it is attached", () -> SegmentCalls.find(named).orElseThrow().attached() == 5);
        assertThatThrownBy(() -> new Cycle(stasis, sandbox).dumpAndLeave(program.pid(), "image")).isInstanceOf(StasisException.class)
                .hasMessageMatching("(?s).*System V segment " + named + ": process " + other.pid()
                        + " \\(python[\\d.]*\\), which is not of the tree, has it attached too.*");
        other.close();
        assertThat(program.isAlive()).isTrue();

        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(program, "image");
        SegmentCalls.remove(named);
        int thief = SegmentCalls.byKey(key).orElseGet(() -> Integer.parseInt(Command.run(Programs.python(), "-c",
                "import ctypes; print(ctypes.CDLL(None).shmget(" + key + ", 4096, 0o1600))").strip()));
        try {
            assertThatThrownBy(() -> new Cycle(stasis, sandbox).restore(image)).isInstanceOf(StasisException.class)
                    .hasMessageContaining("System V segment " + named + ": ").hasMessageContaining("now");
        } finally {
            SegmentCalls.remove(thief);
        }
        assertGoesOn(sandbox, new Cycle(stasis, sandbox).restore(image));
    }

    @Test
    void critReadsTheSegment(Stasis stasis, Sandbox sandbox) {
        Path image = new TreeCycle(stasis, sandbox).dumpAndKill(program, "image");
        assertThat(Files.exists(image.resolve("ipcns-shm-" + named + ".img"))).isTrue();
        assertThat(Command.run("crit", "decode", "-i", image.resolve("ipcns-shm-" + named + ".img").toString()))
                .contains("IPCNS_SHM").contains("\"key\": " + key);
        assertThat(Command.run("crit", "x", image.toString(), "mems")).contains(program.pid().toString());
    }
}
