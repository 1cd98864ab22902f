package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MountEntry;
import dev.stasis.linux.proc.Mounts;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.RecordingLog;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** State of the kernel that nobody keeps yet is refused by name, all of it at once, and the program runs on. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class UnkeptStateSpec {
    private static final int SIGKILL = 9;

    @Test
    void ioUring(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "io_uring");
        assertThat(refusals(stasis, sandbox, program.pid()))
                .anyMatch(line -> line.matches("mapping 0x\\w+-0x\\w+ of task " + program.pid()
                        + ": it belongs to an io_uring \\(switch io_uring off in the program\\)"))
                .anyMatch(line -> line.startsWith("fd 3 of task " + program.pid() + " (io_uring anon_inode:[io_uring]): no loaded plugin"));
    }

    @Test
    void userfaultfd(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "userfaultfd");
        assertThat(refusals(stasis, sandbox, program.pid())).hasSize(2)
                .anyMatch(line -> line.matches("mapping 0x\\w+-0x\\w+ of task " + program.pid() + ": a userfaultfd watches it"))
                .anyMatch(line -> line.startsWith("fd 3 of task " + program.pid() + " (userfaultfd anon_inode:[userfaultfd]): no loaded plugin"));
    }

    @Test
    void contextsOfAsynchronousInputAndOutput(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "aio");
        assertThat(refusals(stasis, sandbox, program.pid())).anyMatch(line -> line.matches("mapping 0x\\w+-0x\\w+ of task "
                + program.pid() + ": it belongs to an asynchronous I/O context \\(io_setup\\).*"));
    }

    @Test
    void twoProcessesWithOneMemory(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "same-memory");
        Pid child = ProcFile.children(program.pid()).get(0);
        assertThat(refusals(stasis, sandbox, program.pid())).containsExactly("task " + child
                + ": it shares its memory with process " + program.pid() + " (unkept) (try again when the child has started its program)");
        end(sandbox, program);
    }

    @Test
    void aChildThatIsToHearOfTheEndOfALaterThread(Stasis stasis, Sandbox sandbox) {
        Program program = sandbox.start(Programs.python(), "-c", """
                import ctypes, os, signal, threading, time
                def bear():
                    if os.fork() == 0:
                        ctypes.CDLL(None).prctl(1, 12) # PR_SET_PDEATHSIG
                        open('ready', 'w').close()
                        signal.pause()
                    time.sleep(1000)
                threading.Thread(target=bear).start()
                """);
        Await.until("it is ready", () -> Files.exists(sandbox.path("ready")));
        Pid child = ProcFile.children(program.pid()).get(0);
        assertThatThrownBy(() -> stasis.dump(DumpRequest.of(program.pid(), sandbox.path("image")), Progress.NONE))
                .isInstanceOf(StasisException.class).hasMessageContaining("task " + child + ": it is to get a signal (PR_SET_PDEATHSIG)");
        assertThat(sandbox.path("image")).doesNotExist();
        end(sandbox, program);
    }

    /** Its child ends with it. */
    private static void end(Sandbox sandbox, Program program) {
        program.signal(SIGKILL);
        program.awaitEnd();
        sandbox.awaitOrphans(left -> {
            throw new AssertionError("process " + left.pid() + " is left");
        });
    }

    @Test
    void namespaces(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "namespace");
        assertThat(refusals(stasis, sandbox, program.pid())).hasSize(2)
                .anyMatch(line -> line.startsWith("task " + program.pid() + ": it is in another ipc namespace than Stasis"))
                .anyMatch(line -> line.startsWith("task " + program.pid() + ": it is in another uts namespace than Stasis"));
    }

    @Test
    void aThreadInANamespaceOfItsOwn(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "thread-apart");
        assertThat(refusals(stasis, sandbox, program.pid())).containsExactly("task " + program.threads().get(1)
                + ": it is in another uts namespace than its process " + program.pid());
    }

    @Test
    void segmentsIn64BitCode(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "segments");
        assertThat(refusals(stasis, sandbox, program.pid())).containsExactly("task " + program.pid()
                + ": it has memory segments of its own (set_thread_area) (end what runs 32-bit code in it)");
    }

    @Test
    void timersThatFollowTheCpuTimeOfWhatIsGone(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "timer-of-ended-thread", "timer-of-stranger");
        assertThat(refusals(stasis, sandbox, program.pid())).hasSize(2)
                .anyMatch(line -> line.matches("task " + program.pid() + ": its timer 0 follows the CPU time of thread \\d+, which has ended"
                        + " \\(delete the timer\\)"))
                .anyMatch(line -> line.equals("task " + program.pid() + ": its timer 1 follows the CPU time of process 1, which has ended or"
                        + " is not part of the tree (delete the timer)"));
    }

    @Test
    void aTimerForTheCpuTimeOfItsMakerThatHasEnded(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "timer-by-ended-thread");
        assertThat(refusals(stasis, sandbox, program.pid())).containsExactly("task " + program.pid() + ": its timer 0 follows the CPU"
                + " time of the thread that made it, which has ended (delete the timer)");
    }

    @Test
    void a32BitProgram(Stasis stasis, Sandbox sandbox) {
        Path compat = Programs.folder().resolve("compat");
        Command.run("gcc", "-m32", "-nostdlib", "-static", "-o", compat.toString(), Programs.source("compat.S").toString());
        Program program = sandbox.start(compat.toString());
        Await.until("it waits", () -> ProcessStates.of(program.pid()) == 'S');
        assertThat(refusals(stasis, sandbox, program.pid())).containsExactly("task " + program.pid() + ": it runs 32-bit code");
    }

    @Test
    void tasksThatWereMovedToAnotherControlGroup(Stasis stasis, Sandbox sandbox) throws IOException {
        Path group = sandbox.own(new ControlGroup(Files.createDirectory(unified().resolve("stasis-test-" + ProcessCalls.self()))))
                .directory();
        Puppet root = sandbox.puppet();
        Puppet moved = root.fork();
        moved.letGo();
        root.letGo();
        Files.writeString(group.resolve("cgroup.procs"), moved.pid().toString());

        assertThat(refusals(stasis, sandbox, root.pid())).singleElement().asString()
                .startsWith("task " + moved.pid() + ": it is in another control group (").contains(group.getFileName().toString())
                .contains(") than the root of the tree (").endsWith("cgroup.procs)");
        Files.writeString(unified().resolve("cgroup.procs"), moved.pid().toString());
        new TreeCycle(stasis, sandbox).throughDeath(root);
    }

    @Test
    void aTreeThatWasInAnotherControlGroupComesBackInThatOfWhoRestoresIt(Stasis stasis, RecordingLog log, Sandbox sandbox)
            throws IOException {
        Path group = sandbox.own(new ControlGroup(Files.createDirectory(unified().resolve("stasis-test-" + ProcessCalls.self()))))
                .directory();
        Puppet root = sandbox.puppet();
        Files.writeString(group.resolve("cgroup.procs"), root.pid().toString());
        new Cycle(stasis, sandbox).throughDeath(root);
        assertThat(log.lines()).anyMatch(line -> line.startsWith("warn  the tree was in control group :")
                && line.contains(group.getFileName() + ", and comes back in :"));
    }

    private record ControlGroup(Path directory) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Files.delete(directory);
        }
    }

    /** Where the hierarchy of version 2 is mounted, in the group that this test is in. */
    private static Path unified() throws IOException {
        String own = Files.readString(Path.of("/proc/self/cgroup")).lines().filter(line -> line.startsWith("0::")).findFirst()
                .orElseThrow().substring("0::/".length());
        Optional<MountEntry> mount = Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo")).entries().stream()
                .filter(entry -> entry.type().equals("cgroup2")).findFirst();
        return Path.of(mount.orElseThrow(() -> new AssertionError("this specification needs cgroup2 mounted")).mountPoint()
                .toString()).resolve(own);
    }

    @Test
    void allOfItAtOnce(Stasis stasis, Sandbox sandbox) {
        Program program = start(sandbox, "io_uring", "userfaultfd", "aio", "same-memory", "namespace");
        assertThat(refusals(stasis, sandbox, program.pid())).hasSizeGreaterThanOrEqualTo(10)
                .anyMatch(line -> line.contains("io_uring)") || line.contains("to an io_uring"))
                .anyMatch(line -> line.contains("a userfaultfd watches it"))
                .anyMatch(line -> line.contains("asynchronous I/O context"))
                .anyMatch(line -> line.contains("shares its memory"))
                .anyMatch(line -> line.contains("another uts namespace"));
        end(sandbox, program);
    }

    private static Program start(Sandbox sandbox, String... arguments) {
        String[] command = new String[1 + arguments.length];
        command[0] = Programs.compileC("unkept.c").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Program program = sandbox.start(command);
        Await.until("it is ready", () -> {
            if (!program.isAlive()) {
                throw new AssertionError(FileContents.text(sandbox.path("output")));
            }
            return Files.exists(sandbox.path("ready"));
        });
        return program;
    }

    /** What a dump says, one line each; the program lives, and there is no image. */
    private static List<String> refusals(Stasis stasis, Sandbox sandbox, Pid pid) {
        StasisException refusal = catchThrowableOfType(StasisException.class,
                () -> stasis.dump(DumpRequest.of(pid, sandbox.path("image")), Progress.NONE));
        assertThat(ProcessHandle.of(pid.number())).isPresent();
        assertThat(sandbox.path("image")).doesNotExist();
        return refusal.problems().stream().map(Problem::toString).toList();
    }
}
