package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ThreadCalls;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The tool is killed at random moments of freezing and reading; its target, which checks itself all the time, goes on. The one
 * thing that it may notice is what signal(7) says of every stop: that epoll_wait(2) gives up with EINTR, in the microseconds
 * between the stop of the thread and the setting of its registers.
 */
@Timeout(180)
class DeathOfTheToolTest {
    private static final int DEATHS = 12;

    /** Threads that calculate, sleep and wait, a periodic timer, and memory whose sum must stay the same. */
    private static final String[] SELF_CHECKING = {
        "import ctypes, errno, hashlib, math, os, signal, sys, threading, time",
        "libc = ctypes.CDLL(None, use_errno=True)",
        "os.nice(3); libc.prctl(29, 77777)",
        "memory = os.urandom(1 << 16); digest = hashlib.sha256(memory).digest()",
        "rounds = [0] * 3; ticks = [0]",
        "def die(why): print('BROKEN', why, flush=True); os._exit(3)",
        "def calculate():",
        "    while True:",
        "        if abs(sum(math.sin(i) for i in range(500)) - EXPECTED) > 0: die('floating point')",
        "        if hashlib.sha256(memory).digest() != digest: die('memory')",
        "        rounds[0] += 1",
        "def nap():",
        "    while True:",
        "        begin = time.monotonic(); time.sleep(0.002)",
        "        if time.monotonic() - begin < 0.002: die('sleep')",
        "        rounds[1] += 1",
        "def wait():",
        "    epoll = libc.epoll_create1(0); event = ctypes.create_string_buffer(12)",
        "    while True:",
        "        r = libc.epoll_wait(epoll, event, 1, 3)",
        "        if r != 0 and ctypes.get_errno() != errno.EINTR: die('epoll_wait %d' % ctypes.get_errno())",
        "        rounds[2] += 1",
        "EXPECTED = sum(math.sin(i) for i in range(500))",
        "def tick(*a): ticks[0] += 1",
        "signal.signal(signal.SIGALRM, tick)",
        "for work in (calculate, nap, wait):",
        "    thread = threading.Thread(target=work, daemon=True)",
        "    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM}); thread.start()",
        "    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})",
        "signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)",
        "print('ready')",
        "while True:",
        "    sys.stdin.readline()",
        "    before = rounds + ticks",
        "    while any(now <= then for now, then in zip(rounds + ticks, before)): time.sleep(0.001)",
        "    print('alive')",
    };

    @Test
    void theTargetGoesOnWheneverTheToolIsKilled() throws Exception {
        try (Victim victim = Victim.python(SELF_CHECKING)) {
            String before = traces(victim.pid());
            Random random = new Random();
            for (int death = 0; death < DEATHS; death++) {
                killInTheMiddle(victim.pid(), random.nextInt(4), random.nextInt(3_000_000));
                assertThat(victim.ask()).isEqualTo("alive");
            }
            assertThat(traces(victim.pid())).isEqualTo(before);
        }
    }

    /** Lets the tool do some rounds, then kills it at a moment that is not in step with them. */
    private static void killInTheMiddle(Pid target, int rounds, long nanos) throws Exception {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        // The permissions of this JVM, without which one from 24 on prints warnings first.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> option.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FreezeLoop.class.getName(), target.toString()));
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(tool.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i <= rounds; i++) {
                assertThat(output.readLine()).isEqualTo("round");
            }
            LockSupport.parkNanos(nanos);
        } finally {
            tool.destroyForcibly().waitFor();
        }
    }

    /** What must be as before: tracer, handlers, CPUs, threads, descriptors, and each thread's mask and scheduling. */
    private static String traces(Pid pid) {
        StringBuilder traces = new StringBuilder();
        for (Pid thread : ProcFile.threads(pid)) {
            String status = new String(ProcFile.read(pid, "task/" + thread + "/status"), StandardCharsets.ISO_8859_1);
            for (String line : status.split("\n")) {
                if (line.matches("(SigBlk|SigIgn|SigCgt|Cpus_allowed|TracerPid|Threads|FDSize|Seccomp).*")) {
                    traces.append(line).append('\n');
                }
            }
            traces.append(ThreadCalls.scheduling(thread)).append(TimerSlack.of(thread)).append('\n');
        }
        return traces.append(ProcFile.descriptors(pid)).toString();
    }
}
