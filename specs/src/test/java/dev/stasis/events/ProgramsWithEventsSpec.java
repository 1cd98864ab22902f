package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.endtoend.ToolJvm;
import dev.stasis.host.Stasis;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that nobody here wrote. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithEventsSpec {

    /** Debian's script(1) waits for output of its terminal, and by a signalfd for the end of the shell in it, whose status it passes on. */
    @Test
    void scriptGoesOnRecordingAndHearsOfTheEndOfItsShell(Stasis stasis, Sandbox sandbox) throws Exception {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program script = sandbox.start("script", "--quiet", "--flush", "--return", "--command",
                "echo before; touch ready; while [ ! -e go ]; do sleep .05; done; echo after; exit 7", "typescript");
        Await.until("the shell waits", () -> Files.exists(sandbox.path("ready")));
        Await.until("script waits", () -> script.systemCall().equals(Optional.of(SyscallNumber.POLL)));
        assertThat(EventCycle.links(script.pid())).contains("anon_inode:[signalfd]");

        Program back = cycle.throughDeath(script);

        cycle.give("go");
        assertThat(back.awaitEnd()).hasValueSatisfying(end -> assertThat(end.status()).isEqualTo(7));
        assertThat(Files.readString(sandbox.path("typescript"))).contains("before\r\n").contains("after\r\n").contains("[COMMAND_EXIT_CODE=\"7\"]");
        sandbox.awaitOrphans(left -> assertThat(left).isNull());
    }

    /** What each plugin says of its files stands below them. */
    @Test
    void inspectShowsWhatIsInThem(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python("""
                os.eventfd(7, os.EFD_SEMAPHORE)
                timer = libc.timerfd_create(1, 0)
                libc.timerfd_settime(timer, 0, struct.pack('qqqq', 60, 0, 10**6, 500 * 10**6), None)
                libc.signalfd(-1, struct.pack('16Q', 0x4002, *[0] * 15), 0)
                say('ready')
                signal.pause()
                """);
        cycle.dumpAndLeave(program);
        List<String> inspect = new ArrayList<>(ToolJvm.command(sandbox.directory().toString()));
        inspect.add("-Dstasis.home=" + sandbox.path("home"));
        inspect.addAll(List.of("dev.stasis.host.cli.Main", "inspect", sandbox.path("image").toString()));
        PluginJars.collect(sandbox.path("home/plugins"), name -> name.endsWith("fds"));

        assertThat(Command.run(inspect.toArray(new String[0]))).contains("eventfd: semaphore of 7\n")
                .containsPattern("timerfd: CLOCK_MONOTONIC, (999[0-9]{3}|1000000)\\.[0-9] s left, every 60\\.0 s\n")
                .contains("signalfd: signals 2, 15\n");
    }

    /** Python's thread pools and queues use none, but its own interface to eventfds does: a worker that is woken for each piece of work. */
    @Test
    void pythonHandsWorkToAThreadByAnEventfd(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python("""
                import queue
                work, wake = queue.SimpleQueue(), os.eventfd(0, os.EFD_SEMAPHORE | os.EFD_CLOEXEC)
                def worker():
                    while True:
                        os.eventfd_read(wake)
                        say('did', work.get())
                start(worker)
                for piece in 'a', 'b': work.put(piece); os.eventfd_write(wake, 1)
                while work.qsize(): time.sleep(.01)
                say('ready')
                await_file('go')
                for piece in 'c', 'd': work.put(piece); os.eventfd_write(wake, 1)
                signal.pause()
                """, SyscallNumber.READ);

        cycle.throughDeath(program);

        cycle.give("go");
        cycle.awaitWord("did d");
        assertThat(cycle.said()).contains("did a", "did b", "did c");
    }
}
