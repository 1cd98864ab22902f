package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.ProcessSnapshot;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be dumped is refused with the reason; the process runs on untouched and nothing is left behind. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class RefusedDumpSpec {
    private static final int SIGKILL = 9;
    private static final long PF_KTHREAD = 0x200000;

    @Test
    void aPidThatNoProcessHas(Stasis stasis, Sandbox sandbox) {
        Program ended = sandbox.start("true");
        ended.awaitEnd();
        assertRefused(stasis, sandbox, ended.pid()).hasMessageContaining("process " + ended.pid())
                .hasMessageContaining("there is no such process");
    }

    @Test
    void init(Stasis stasis, Sandbox sandbox) {
        assertRefused(stasis, sandbox, new Pid(1)).hasMessageContaining("process 1: pid 1 is the system's first process");
    }

    @Test
    void aThreadInsteadOfItsProcess(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        Pid thread = puppet.startThread();
        puppet.letGo();
        assertUntouched(puppet.pid(), () -> assertRefused(stasis, sandbox, thread)
                .hasMessageContaining(thread.toString()).hasMessageContaining("thread").hasMessageContaining(puppet.pid().toString()));
    }

    @Test
    void aProcessWhoseFirstThreadHasEnded(Stasis stasis, Sandbox sandbox) {
        Program program = sandbox.start(Programs.python(), "-c", "import ctypes, threading, time\n"
                + "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
                + "ctypes.CDLL(None).syscall(60, 0)");
        Await.until("the first thread has ended", () -> program.state().filter(state -> state == 'Z').isPresent());
        assertRefused(stasis, sandbox, program.pid()).hasMessageContaining("process " + program.pid()
                + ": its first thread has ended while others run on");
        assertThat(program.threads()).hasSize(2);
    }

    @Test
    void aTimerOfNobodyKnowsWhichThread(Stasis stasis, Sandbox sandbox) {
        Program program = sandbox.start(Programs.python(), "-c", "import ctypes, threading, time\n"
                + "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
                + "ctypes.CDLL(None).syscall(222, 3, None, ctypes.byref(ctypes.c_int()))\n"
                + "time.sleep(1000)");
        Await.until("it has a timer", () -> ProcFile.tryRead(program.pid(), "timers").filter(timers -> timers.length > 0).isPresent());
        assertUntouched(program.pid(), () -> assertRefused(stasis, sandbox, program.pid())
                .hasMessageContaining("its timer 0 follows the CPU time of the thread that made it"));
    }

    @Test
    void segmentsOfItsOwn(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        RemoteAddress descriptor = puppet.calls().lend(Bytes.longs(0x1234000L << 32 | 3, 0x51L << 32 | 0xfff));
        assertThat((int) puppet.call(SyscallNumber.MODIFY_LDT, 1, descriptor.value(), 16)).isZero();
        puppet.letGo();
        // Found by a call in the process itself, which leaves a few pages of its stack touched.
        assertRefused(stasis, sandbox, puppet.pid())
                .hasMessageContaining("task " + puppet.pid() + ": it has memory segments of its own (modify_ldt)");
        assertThat(puppet.program().isAlive()).isTrue();
    }

    @Test
    void aKernelThread(Stasis stasis, Sandbox sandbox) throws IOException {
        assertRefused(stasis, sandbox, kernelThread()).hasMessageContaining("it is a thread of the kernel");
    }

    @Test
    void aZombie(Stasis stasis, Sandbox sandbox) {
        Puppet parent = sandbox.puppet();
        Puppet child = parent.fork();
        child.letGo();
        ProcessCalls.kill(child.pid(), SIGKILL);
        Await.until("the child is a zombie", () -> child.program().state().filter(state -> state == 'Z').isPresent());

        assertRefused(stasis, sandbox, child.pid()).hasMessageContaining("process " + child.pid() + ": it has ended")
                .hasMessageContaining(parent.pid().toString());
    }

    @Test
    void aProcessThatIsTracedAlready(Stasis stasis, Sandbox sandbox) {
        Puppet traced = sandbox.puppet();
        assertRefused(stasis, sandbox, traced.pid()).hasMessageContaining("process " + traced.pid())
                .hasMessageContaining("task " + ProcessCalls.selfThread() + " (java) traces it already");
        assertThat(traced.call(39)).isEqualTo(traced.pid().number());
    }

    @Test
    void theToolItself(Stasis stasis, Sandbox sandbox) {
        assertRefused(stasis, sandbox, ProcessCalls.self()).hasMessageContaining("process " + ProcessCalls.self())
                .hasMessageContaining("it is Stasis itself");
    }

    @Test
    void aTreeWithTheToolInIt(Stasis stasis, Sandbox sandbox) {
        Pid parent = new Pid((int) ProcessHandle.current().parent().orElseThrow().pid());
        assertRefused(stasis, sandbox, parent).hasMessageContaining("process " + parent)
                .hasMessageContaining("Stasis itself runs below it");
    }

    @Test
    void aDirectoryOnAFullDisk(Stasis stasis, Sandbox sandbox) throws IOException {
        SelfChecking program = SelfChecking.inC(sandbox);
        Path disk = sandbox.mountTmpfs("disk", "size=256k");

        assertThatThrownBy(() -> dump(stasis, program.pid(), disk.resolve("image"))).isInstanceOf(StasisException.class)
                .hasMessageContaining(disk.toString()).hasMessageContaining("ENOSPC");
        program.awaitLines(20);
        program.assertSound();
        assertEmpty(disk);
    }

    @Test
    void aDirectoryOnAReadOnlyFileSystem(Stasis stasis, Sandbox sandbox) throws IOException {
        SelfChecking program = SelfChecking.inC(sandbox);
        Path disk = sandbox.mountTmpfs("disk", "ro");

        assertThatThrownBy(() -> dump(stasis, program.pid(), disk.resolve("image"))).isInstanceOf(StasisException.class)
                .hasMessageContaining(disk.toString()).hasMessageContaining("EROFS");
        program.assertSound();
        assertEmpty(disk);
    }

    @Test
    void aDirectoryThatIsNotEmpty(Stasis stasis, Sandbox sandbox) throws IOException {
        SelfChecking program = SelfChecking.inC(sandbox);
        Path directory = Files.createDirectory(sandbox.path("used"));
        Files.writeString(directory.resolve("precious"), "data");

        assertThatThrownBy(() -> dump(stasis, program.pid(), directory)).isInstanceOf(StasisException.class)
                .hasMessageContaining(directory.toString()).hasMessageContaining("not empty");
        program.assertSound();
        assertThat(directory.resolve("precious")).hasContent("data");
        assertThat(directory.toFile().list()).containsExactly("precious");
    }

    @Test
    void anEmptyDirectoryThatExistedStaysWhenTheDumpIsRefused(Stasis stasis, Sandbox sandbox) throws IOException {
        Path directory = Files.createDirectory(sandbox.path("made by the user"));
        Program ended = sandbox.start("true");
        ended.awaitEnd();

        assertThatThrownBy(() -> dump(stasis, ended.pid(), directory)).isInstanceOf(StasisException.class);
        assertThat(directory).isEmptyDirectory();
    }

    /** Refused, with nothing left in the place of the image. Left running, so that not even a dump by mistake kills. */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Stasis stasis, Sandbox sandbox, Pid pid) {
        AbstractThrowableAssert<?, ? extends Throwable> refusal =
                assertThatThrownBy(() -> dump(stasis, pid, sandbox.path("image"))).isInstanceOf(StasisException.class);
        assertThat(sandbox.path("image")).doesNotExist();
        return refusal;
    }

    private static void dump(Stasis stasis, Pid pid, Path directory) {
        stasis.dump(DumpRequest.of(pid, directory).then(Afterwards.LEAVE_RUNNING), Progress.NONE);
    }

    private static void assertUntouched(Pid pid, Runnable refusal) {
        ProcessSnapshot before = ProcessSnapshot.of(pid);
        refusal.run();
        // A thread that was let go may need a moment until it sleeps again.
        Await.until(() -> "it is as before: " + differences(before, pid), () -> differences(before, pid).isEmpty());
    }

    private static List<String> differences(ProcessSnapshot before, Pid pid) {
        return before.differences(ProcessSnapshot.of(pid), Tolerances.OF_A_REFUSAL);
    }

    private static void assertEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).isEmpty();
        }
    }

    private static Pid kernelThread() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.filter(RefusedDumpSpec::isKernelThread).findFirst()
                    .map(process -> new Pid(Integer.parseInt(process.getFileName().toString())))
                    .orElseThrow(() -> new AssertionError("this specification needs the initial pid namespace, where kernel threads show"));
        }
    }

    private static boolean isKernelThread(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[6]) & PF_KTHREAD) != 0;
        } catch (IOException notAProcess) {
            return false;
        }
    }
}
