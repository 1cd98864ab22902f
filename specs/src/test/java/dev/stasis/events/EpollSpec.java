package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Epoll instances come back with each item on the very open file that it was on. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class EpollSpec {

    /** Dumps {@code script} when it is ready, brings it back or leaves it, and returns what it says last. */
    private static String last(Stasis stasis, Sandbox sandbox, Afterwards afterwards, String script) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(EpollProgram.PRELUDE + script.replace("READY", """
                say('ready')
                await_file('go')
                """) + "\nsay('end')\nsignal.pause()\n");
        if (afterwards == Afterwards.KILL) {
            cycle.throughDeath(program);
        } else {
            cycle.dumpAndLeave(program);
        }
        cycle.give("go");
        cycle.awaitWord("end");
        return String.join("\n", cycle.said().subList(1, cycle.said().size() - 1));
    }

    private static String last(Stasis stasis, Sandbox sandbox, String script) {
        return last(stasis, sandbox, Afterwards.KILL, script);
    }

    @Test
    void itemsComeBackWithNumberEventsModesAndAllBitsOfTheirData(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                ep = instance(); r, w = os.pipe(); s = os.eventfd(0)
                add(ep, r, IN | RDHUP | PRI, 2**64 - 1); add(ep, w, OUT | EDGE, 0xfedcba9876543210); add(ep, s, IN | EXCLUSIVE, 0)
                add(ep, os.dup(r), 0, 1); add(ep, os.dup(s), ONESHOT | IN | EDGE, 1 << 63); add(ep, os.dup(s), IN | WAKEUP, 3)
                before = items(ep)
                READY
                say(items(ep) == before, len(before), wait(ep) == [(0xfedcba9876543210, OUT)])
                os.write(w, b'x'); os.eventfd_write(s, 1)
                say(wait(ep) == [(0, IN), (3, IN), (1 << 63, IN), (2**64 - 1, IN)])
                """)).isEqualTo("True 6 True\nTrue");
    }

    @Test
    void anItemStaysOnItsFileWhenTheNumberWasClosedOrTakenByAnother(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                ep = instance()
                closed, w1 = os.pipe(); taken, w2 = os.pipe(); other, w3 = os.pipe(); swapped, w4 = os.pipe()
                kept1, kept2, kept4 = os.dup(closed), os.dup(taken), os.dup(swapped)
                add(ep, closed, IN, 1); add(ep, taken, IN, 2); add(ep, swapped, IN, 4)
                os.close(closed); os.dup2(other, taken)
                os.dup2(w4, swapped)             # the other end of the same pipe: the same inode
                far = 1000; os.dup2(other, far); add(ep, far, IN, 5); os.close(far)
                before = items(ep)
                READY
                say(items(ep) == before)
                os.write(w3, b'x'); say(wait(ep))
                os.write(w2, b'x'); os.write(w1, b'x'); os.write(w4, b'x'); say(wait(ep))
                os.dup2(kept2, taken); remove(ep, taken); os.dup2(kept4, swapped); remove(ep, swapped); say(wait(ep))
                """)).isEqualTo("True\n[(5, 1)]\n[(1, 1), (2, 1), (4, 1), (5, 1)]\n[(1, 1), (5, 1)]");
    }

    @Test
    void severalFilesUnderOneNumberStayApart(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                ep = instance(); pipes = [os.pipe() for i in range(5)]
                for i in range(5): os.dup2(pipes[i][0], 100); add(ep, 100, IN, i)
                READY
                for i in 3, 1, 4: os.write(pipes[i][1], b'x')
                say(wait(ep)); os.dup2(pipes[3][0], 100); remove(ep, 100); say(wait(ep))
                """)).isEqualTo("[(1, 1), (3, 1), (4, 1)]\n[(1, 1), (4, 1)]");
    }

    @Test
    void anInstanceSharedOverForkKeepsItemsOfFilesThatOnlyOneProcessHas(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                ep = instance(); r, w = os.pipe(); back, told = os.pipe()
                if os.fork() == 0:
                    mine, feed = os.pipe(); add(ep, mine, IN, 77); os.write(told, b'.')
                    await_file('go'); os.write(feed, b'x'); os.write(told, b'.')
                    await_file('end'); os._exit(0)
                os.read(back, 1); one, two = os.pipe()  # numbers that mean other files in the child
                add(ep, one, IN, 88)
                before = items(ep)
                READY
                say(items(ep) == before); os.read(back, 1); os.write(two, b'x')
                say(wait(ep)); open('end', 'w').close(); os.wait(); say(wait(ep))
                """)).isEqualTo("True\n[(77, 1), (88, 1)]\n[(88, 1)]");
    }

    @Test
    void instancesInInstancesTellOfWhatIsInThem(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                outer, middle = instance(), instance(); r, w = os.pipe(); inner = instance(); twin = instance()
                add(outer, middle, IN | EDGE, 1); add(middle, inner, IN, 2); add(inner, r, IN, 3); add(outer, inner, IN | ONESHOT, 4)
                add(twin, r, IN | EDGE, 5)
                before = [items(each) for each in (outer, middle, inner, twin)]
                READY
                say([items(each) for each in (outer, middle, inner, twin)] == before, wait(outer))
                os.write(w, b'x'); say(wait(outer)); say(wait(outer), wait(middle), wait(inner), wait(twin), wait(twin))
                try: add(inner, outer, IN, 0)
                except OSError as e: say(e.errno)
                """)).isEqualTo("True []\n[(1, 1), (4, 1)]\n[] [(2, 1)] [(3, 1)] [(5, 1)] []\n40");
    }

    /** What was told and not yet consumed may be told again, as epoll(7) allows; what was not told yet must be. */
    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void noEdgeIsLost(Afterwards afterwards, Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, afterwards, """
                ep = instance(); quiet, untold, told, more, ended, full, drained = [os.pipe() for i in range(7)]
                for p in quiet, untold, told, more, ended, drained: add(ep, p[0], IN | EDGE)
                add(ep, full[1], OUT | EDGE); wait(ep)
                os.set_blocking(full[1], False)
                try:
                    while True: os.write(full[1], bytes(4096))
                except BlockingIOError: pass
                os.write(told[1], b'told'); os.write(more[1], b'told'); os.write(drained[1], b'x'); wait(ep); os.read(drained[0], 1)
                os.write(more[1], b'untold'); os.write(untold[1], b'untold'); os.close(ended[1])
                READY
                got = dict(wait(ep)); may = {told[0]: IN}
                must = {untold[0]: IN, more[0]: IN, ended[0]: HUP}
                say(all(got.get(fd) == events for fd, events in must.items()), set(got) <= set(must) | set(may), wait(ep))
                os.write(quiet[1], b'x'); os.write(told[1], b'x'); os.write(drained[1], b'x'); os.read(full[0], 65536)
                say(wait(ep) == sorted([(quiet[0], IN), (told[0], IN), (drained[0], IN), (full[1], OUT)]))
                """)).isEqualTo("True True []\nTrue");
    }

    @Test
    void whatIsSilentAfterOneEventStaysSoUntilItIsArmedAgain(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                ep = instance(); writable, readable, empty, ended = [os.pipe() for i in range(4)]; event = os.eventfd(1)
                add(ep, writable[1], OUT | ONESHOT, 1); add(ep, event, IN | ONESHOT | EDGE, 5)
                for p, data in (readable, 2), (empty, 3), (ended, 4):
                    add(ep, p[0], IN | ONESHOT, data); os.write(p[1], b'x')
                wait(ep); os.read(empty[0], 1); os.close(ended[1]); os.mkfifo('fifo'); fifo = os.open('fifo', os.O_RDWR)
                add(ep, fifo, OUT | ONESHOT, 6)
                def timer(seconds):
                    timer = libc.timerfd_create(1, 0); libc.timerfd_settime(timer, 0, struct.pack('4q', 3600, 0, seconds, 1), None)
                    return timer
                def remains(timer):
                    times = ctypes.create_string_buffer(32); libc.timerfd_gettime(timer, times); return struct.unpack('4q', times)
                running = timer(0); add(ep, running, IN | ONESHOT, 7); wait(ep, 5000); os.read(running, 8)
                off = timer(0); add(ep, off, IN | ONESHOT, 8); wait(ep, 5000); libc.timerfd_settime(off, 0, bytes(32), None)
                before = items(ep)
                READY
                say(items(ep) == before, wait(ep)); os.write(empty[1], b'y'); os.close(empty[1]); say(wait(ep), os.read(empty[0], 9))
                change(ep, writable[1], OUT | ONESHOT, 1); change(ep, ended[0], IN | ONESHOT, 4); say(wait(ep), wait(ep))
                say(remains(off), remains(running)[0], 3000 < remains(running)[2] < 3600); change(ep, off, IN | ONESHOT, 8); say(wait(ep))
                """)).isEqualTo("True []\n[] b'y'\n[(1, 4), (4, 17)] []\n(0, 0, 0, 0) 3600 True\n[]");
    }

    @Test
    void howLongItPollsNetworkDevicesComesBack(Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, """
                import fcntl
                ep = instance(); plain = instance()
                fcntl.ioctl(ep, 0x40088a01, struct.pack('IHBB', 50, 16, 1, 0)); fcntl.fcntl(ep, 4, os.O_NONBLOCK | os.O_APPEND)
                READY
                say([struct.unpack('IHBB', fcntl.ioctl(e, 0x80088a02, bytes(8))) for e in (ep, plain)], oct(fcntl.fcntl(ep, 3)))
                """)).isEqualTo("[(50, 16, 1, 0), (0, 0, 0, 0)] 0o6002");
    }

    /** More than kcmp(2) is asked about one by one; some are not where their numbers say. */
    @ParameterizedTest
    @EnumSource(value = Afterwards.class, names = {"KILL", "LEAVE_RUNNING"})
    void thousandsComeBackAmongThemSomeThatAreNotWhereTheyWere(Afterwards afterwards, Stasis stasis, Sandbox sandbox) {
        assertThat(last(stasis, sandbox, afterwards, """
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
                ep = instance(); many = [os.eventfd(0) for i in range(3000)]
                for i, fd in enumerate(many): add(ep, fd, IN | EDGE, i << 32)
                swapped = os.dup(many[7]); os.dup2(many[8], many[7]); gone = os.dup(many[9]); os.close(many[9])
                for fd in many[10:]: os.eventfd_write(fd, 1)
                told = len(wait(ep)) + len(wait(ep))
                before = items(ep)
                READY
                say(told == 2990, items(ep) == before)
                again = wait(ep); say(len(again))
                for fd in swapped, many[8], gone, many[0]: os.eventfd_write(fd, 1)
                say([data >> 32 for data, events in wait(ep)])
                """)).isEqualTo("True True\n" + (afterwards == Afterwards.KILL ? 2990 : 0) + "\n[0, 7, 8, 9]");
    }

    @Test
    void anItemOnAFileThatNobodyInTheTreeHasIsRefusedByName(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program parent = cycle.python(EpollProgram.PRELUDE + """
                ep = instance(); r, w = os.pipe(); add(ep, r, IN, 0xabc); child = os.fork()
                if child == 0:
                    libc.prctl(1, 9); os.setsid(); os.close(r); os.close(w)
                    await_file('go'); say(items(ep)); signal.pause()
                os.close(ep); say(child); say('ready'); signal.pause()
                """);
        Program child = sandbox.own(Program.attach(new Pid(Integer.parseInt(cycle.said().get(0)))));
        assertThatThrownBy(() -> cycle.dumpAndLeave(child)).hasMessageContaining("no descriptor of the tree refers")
                .hasMessageContaining("item on number 4 (events 0x19, data 0xabc, inode");
        cycle.give("go");
        cycle.awaitWord("['tfd:        4 events:       19 data:              abc ']");
        parent.close(); // which ends the child, for us to reap
    }

    @ParameterizedTest
    @ValueSource(strings = {"libc.inotify_init1(0)", "instance()"})
    void oneThatIsSilentOnWhatNothingMakesReadyIsRefusedByName(String file, Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(EpollProgram.PRELUDE + """
                ep = instance(); file = %s; r, w = os.pipe()
                if items(ep) == [] and 'instance' in '%s': add(file, r, IN)
                else: os.mkdir('watched'); libc.inotify_add_watch(file, b'watched', 0x100)
                add(ep, file, IN | ONESHOT); os.write(w, b'x')
                'instance' in '%s' or os.close(os.open('watched/made', os.O_CREAT))
                say(wait(ep))
                os.read(r, 1); os.set_blocking(file, False) if 'instance' not in '%s' else None
                'instance' in '%s' or os.read(file, 4096)
                say(items(ep)); say('ready'); signal.pause()
                """.formatted(file, file, file, file, file));
        assertThatThrownBy(() -> cycle.dumpAndLeave(program)).hasMessageContaining("EPOLLONESHOT").hasMessageContaining("item on number 4")
                .hasMessageContaining("dump again in a moment");
        assertThat(program.isAlive()).isTrue();
    }

    @Test
    void critShowsThem(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        cycle.dumpAndLeave(cycle.python(EpollProgram.PRELUDE + """
                ep = instance(); r, w = os.pipe(); add(ep, r, IN | EDGE, 0xfedcba9876543210)
                say('ready'); signal.pause()
                """));
        String files = Command.run(Program.find("crit").toString(), "decode", "--pretty", "-i", sandbox.path("image/files.img").toString());
        assertThat(files).contains("\"type\": \"EVENTPOLL\"").contains("\"data\": " + Long.toUnsignedString(0xfedcba9876543210L))
                .contains("\"tfd\": 4");
    }

    @Test
    void oneImageIsRestoredTwice(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(EpollProgram.PRELUDE + """
                ep = instance(); r, w = os.pipe(); add(ep, r, IN | EDGE, 1); os.write(w, b'x')
                say('ready'); await_file('go'); say(wait(ep), wait(ep)); signal.pause()
                """);
        Path image = cycle.dumpAndKill(program);
        Program first = cycle.restore(image);
        cycle.give("go");
        cycle.awaitWord("[(1, 1)] []");
        first.close();
        cycle.restore(image);
        Await.until("it says so again", () -> cycle.said().size() == 3 && cycle.said().get(2).equals("[(1, 1)] []"));
    }
}
