package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.PRCTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever confines a thread or gives it privileges is as it was: not less, and not more. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ConfinementSpec {
    private static final int SIGUSR1 = 10;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int RAISE = 2;
    private static final int IS_SET = 1;
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final int CAP_NET_RAW = 13;

    @Test
    void filtersOfEachThreadAndStrictMode(Stasis stasis, Sandbox sandbox) throws IOException {
        Path lines = sandbox.path("lines");
        Program program = start(sandbox, lines);
        List<String> before = confinement(program.pid());

        Program back = new TreeCycle(stasis, sandbox).throughDeath(program);

        assertThat(confinement(back.pid())).isEqualTo(before).contains("NoNewPrivs:\t0", "Seccomp_filters:\t2");
        assertGoesOn(back, lines, "first thread: getpriority 1 getppid 0", "second thread: getpriority 1 getppid 77",
                "strict child: s, ended by signal 9");
    }

    @Test
    void threadsThatShareTheirFiltersCanStillFollowOneOfThem(Stasis stasis, Sandbox sandbox) throws IOException {
        Path lines = sandbox.path("lines");
        Program back = new TreeCycle(stasis, sandbox).throughDeath(start(sandbox, lines, "no-new-privs"));
        assertThat(confinement(back.pid())).contains("NoNewPrivs:\t1");
        assertGoesOn(back, lines, "first thread: getpriority 1 getppid 0", "all threads follow: 0",
                "strict child: s, ended by signal 9");
    }

    /** The filters kill whoever uses restart_syscall(2), by which the kernel goes on with a sleep that a stop interrupted. */
    @Test
    void aDumpThatLeavesItRunningDoesNotGetItKilled(Stasis stasis, Sandbox sandbox) throws IOException {
        Path lines = sandbox.path("lines");
        Program program = start(sandbox, lines);
        for (int i = 0; i < 10; i++) {
            new Cycle(stasis, sandbox).dumpAndLeave(program.pid(), "image" + i);
        }
        assertThat(Command.run("crit", "decode", "-i", sandbox.path("image0/seccomp.img").toString())).contains("SECCOMP");
        assertGoesOn(program, lines, "first thread: getpriority 1 getppid 0", "second thread: getpriority 1 getppid 77",
                "strict child: s, ended by signal 9");
    }

    private static Program start(Sandbox sandbox, Path lines, String... arguments) throws IOException {
        Files.createFile(lines);
        String[] command = new String[2 + arguments.length];
        command[0] = Programs.compileC("confined.c").toString();
        command[1] = lines.toString();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        Program program = sandbox.start(command);
        Await.until("it is confined", () -> FileContents.text(lines).equals("ready\n"));
        return program;
    }

    private static void assertGoesOn(Program program, Path lines, String... expected) throws IOException {
        program.signal(SIGUSR1);
        assertThat(program.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        assertThat(Files.readAllLines(lines)).startsWith("ready").endsWith(expected).hasSize(1 + expected.length);
    }

    /** What /proc tells of it, of all threads together. */
    private static List<String> confinement(Pid pid) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Pid thread : ProcFile.threads(pid)) {
            all.append(Files.readString(Path.of("/proc/" + thread + "/status")));
        }
        return all.toString().lines().filter(line -> line.startsWith("Seccomp") || line.startsWith("NoNewPrivs")
                || line.startsWith("Cap") || line.startsWith("Specul")).toList();
    }

    @Test
    void aFilterWithASupervisorIsRefused(Stasis stasis, Sandbox sandbox) {
        Program python = sandbox.start("python3", "-c", """
                import ctypes, struct, time
                program = ctypes.create_string_buffer(struct.pack('HBBIHBBIHBBIHBBI', 0x20, 0, 0, 0, 0x15, 0, 1, 109,
                        0x06, 0, 0, 0x7fc00000, 0x06, 0, 0, 0x7fff0000))
                class Program(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('p', ctypes.c_void_p)]
                listener = ctypes.CDLL(None).syscall(317, 1, 8, ctypes.byref(Program(4, ctypes.addressof(program))))
                assert listener >= 0; open('ready', 'w').close(); time.sleep(1000)""");
        Await.until("it is confined", () -> Files.exists(sandbox.path("ready")));
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(python.pid(), sandbox.path("image")), Progress.NONE))
                .isInstanceOf(StasisException.class).hasMessageContaining("task " + python.pid()
                        + ": a seccomp filter of it has a supervising process judge calls (SECCOMP_RET_USER_NOTIF)");
    }

    @Test
    void secureBitsThatAreLockedAndAmbientCapabilities(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        capabilities(puppet, 1L << CAP_NET_BIND_SERVICE | 1L << CAP_NET_RAW);
        puppet.call(PRCTL, PR_CAP_AMBIENT, RAISE, CAP_NET_BIND_SERVICE, 0, 0);
        int bits = 0x1 | 0x2 | 0x4 | 0x40 | 0x80; // NOROOT and NO_CAP_AMBIENT_RAISE, both locked; NO_SETUID_FIXUP
        puppet.call(PRCTL, PR_SET_SECUREBITS, bits);
        puppet.call(SyscallNumber.SETRESUID, 1000, 1000, 1000);

        Puppet back = new Cycle(stasis, sandbox).throughDeath(puppet); // compares the capabilities

        assertThat(back.call(PRCTL, PR_GET_SECUREBITS)).isEqualTo(bits);
        assertThat(back.call(PRCTL, PR_CAP_AMBIENT, IS_SET, CAP_NET_BIND_SERVICE, 0, 0)).isEqualTo(1);
        assertThat(back.call(PRCTL, PR_CAP_AMBIENT, IS_SET, CAP_NET_RAW, 0, 0)).isZero();
    }

    /** Makes {@code inheritable} so, and takes CAP_SYS_ADMIN away. @see capset(2) */
    private static void capabilities(Puppet puppet, long inheritable) {
        long all = TaskStatus.parse(ProcFile.read(puppet.pid(), "status")).permitted() & ~(1L << 21);
        long head = puppet.calls().lend(Bytes.longs(0x20080522)).value();
        long sets = puppet.calls().lend(Bytes.longs(all & 0xffffffffL | (all & 0xffffffffL) << 32,
                inheritable & 0xffffffffL | (all >>> 32) << 32, all >>> 32)).value();
        puppet.call(SyscallNumber.CAPSET, head, sets);
    }
}
