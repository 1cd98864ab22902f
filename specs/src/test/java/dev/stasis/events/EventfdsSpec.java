package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eventfds come back with what is in them. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class EventfdsSpec {
    private static final int SEMAPHORE = 1;
    private static final int NONBLOCK = 0x800;
    private static final int EAGAIN = 11;
    private static final int F_SETOWN = 8;
    private static final int F_GETOWN = 9;
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;

    private static int eventfd(Puppet puppet, int flags, long value) {
        int event = (int) puppet.call(SyscallNumber.EVENTFD2, 0, flags);
        if (value != 0) {
            RemoteAddress number = puppet.calls().lend(8);
            puppet.memory().writeLong(number, value);
            puppet.call(SyscallNumber.WRITE, event, number.value(), 8);
        }
        return event;
    }

    private static long read(Puppet puppet, int event) {
        RemoteAddress number = puppet.calls().lend(8);
        puppet.call(SyscallNumber.READ, event, number.value(), 8);
        return puppet.memory().readLong(number);
    }

    private static boolean isEmpty(Puppet puppet, int event) {
        return puppet.calls().tryCall(SyscallNumber.READ, event, puppet.calls().lend(8).value(), 8) == -EAGAIN;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xffffffffL, 0x100000000L, Long.MAX_VALUE, Long.MIN_VALUE, -2})
    void theCounterComesBackWhateverItIs(long value, Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int event = eventfd(puppet, NONBLOCK, value);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        if (value != 0) {
            assertThat(read(back, event)).isEqualTo(value);
        }
        assertThat(isEmpty(back, event)).isTrue();
    }

    @Test
    void aSemaphoreStillGivesOneForEachRead(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int event = eventfd(puppet, SEMAPHORE | NONBLOCK, 2);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(read(back, event)).isEqualTo(1);
        assertThat(read(back, event)).isEqualTo(1);
        assertThat(isEmpty(back, event)).isTrue();
    }

    @Test
    void duplicatesAndChildrenStillShareOneCounter(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int event = eventfd(puppet, 0, 5);
        int copy = (int) puppet.call(SyscallNumber.DUP, event);
        int other = eventfd(puppet, 0, 5);

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(ProcessCalls.isSameFile(new RemoteFd(back.pid(), event), new RemoteFd(back.pid(), copy))).isTrue();
        assertThat(ProcessCalls.isSameFile(new RemoteFd(back.pid(), event), new RemoteFd(back.pid(), other))).isFalse();
        assertThat(read(back, copy)).isEqualTo(5);
        assertThat(EventCycle.info(back.pid(), event)).containsPattern("eventfd-count: +0\n");
        assertThat(EventCycle.info(back.pid(), other)).containsPattern("eventfd-count: +5\n");
    }

    @Test
    void flagsAndOwnerComeBack(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int event = eventfd(puppet, NONBLOCK, 1);
        puppet.call(SyscallNumber.FCNTL, event, 4, NONBLOCK | 0x400); // O_APPEND: means nothing here, but can be set
        puppet.call(SyscallNumber.FCNTL, event, F_SETOWN, puppet.pid().number());
        puppet.call(SyscallNumber.FCNTL, event, F_SETSIG, 35);
        puppet.call(SyscallNumber.FCNTL, event, 2, 1);
        String before = EventCycle.info(puppet.pid(), event).replaceAll("eventfd-id: .*\n", "");

        Puppet back = new EventCycle(stasis, sandbox).throughDeath(puppet);

        assertThat(EventCycle.info(back.pid(), event).replaceAll("eventfd-id: .*\n", "")).isEqualTo(before);
        assertThat(back.call(SyscallNumber.FCNTL, event, F_GETOWN, 0)).isEqualTo(back.pid().number());
        assertThat(back.call(SyscallNumber.FCNTL, event, F_GETSIG, 0)).isEqualTo(35);
    }

    @Test
    void aDumpThatLeavesTheTreeRunningTakesNothing(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        int event = eventfd(puppet, 0, 3);
        String before = EventCycle.info(puppet.pid(), event);

        Puppet on = new EventCycle(stasis, sandbox).leaveRunning(puppet);

        assertThat(EventCycle.info(on.pid(), event)).isEqualTo(before);
        assertThat(read(on, event)).isEqualTo(3);
    }

    @Test
    void threadsThatWaitGoOnWaiting(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python("""
                read, polled, full, token = os.eventfd(0), os.eventfd(0), os.eventfd(0), os.eventfd(0, os.EFD_SEMAPHORE)
                os.eventfd_write(full, 2**64 - 2)
                def reader(): say('read', os.eventfd_read(read))
                def poller():
                    poll = select.poll(); poll.register(polled, select.POLLIN); say('polled', poll.poll())
                def writer():
                    os.eventfd_write(full, 7); say('written')
                for each in reader, poller, writer: start(each)
                say('ready')
                await_file('go')
                os.eventfd_write(read, 3)
                os.eventfd_write(polled, 1)
                say('was full', os.eventfd_read(full) == 2**64 - 2)
                signal.pause()
                """, SyscallNumber.READ, SyscallNumber.POLL, SyscallNumber.WRITE);

        Program back = cycle.throughDeath(program);

        assertThat(back.threads()).hasSize(4);
        assertThat(cycle.said()).containsExactly("ready");
        cycle.give("go");
        cycle.awaitWord("read 3");
        cycle.awaitWord("polled [(4, 1)]");
        cycle.awaitWord("was full True");
        cycle.awaitWord("written");
        assertThat(EventCycle.info(back.pid(), 5)).containsPattern("eventfd-count: +7\n");
    }

    @Test
    void thousandsComeBackEachWithItsOwn(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python("""
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
                many = [os.eventfd(i, os.EFD_NONBLOCK | (os.EFD_SEMAPHORE if i % 3 == 0 else 0)) for i in range(2000)]
                say('ready')
                await_file('go')
                say('as they were', all(os.eventfd_read(many[i]) == (1 if i % 3 == 0 else i) for i in range(1, 2000)))
                signal.pause()
                """);

        cycle.throughDeath(program);

        cycle.give("go");
        cycle.awaitWord("as they were True");
    }

    /** CRIU's own decoder reads them, with CRIU's names. */
    @Test
    void critShowsThem(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        eventfd(puppet, 0, 4711);
        puppet.letGo();
        new EventCycle(stasis, sandbox).dumpAndLeave(puppet.program());
        String files = Command.run(Program.find("crit").toString(), "decode", "--pretty", "-i", sandbox.path("image/files.img").toString());
        assertThat(files).contains("\"type\": \"EVENTFD\"").contains("\"counter\": 4711");
    }
}
