package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.EXIT_GROUP;
import static dev.stasis.linux.SyscallNumber.RT_SIGTIMEDWAIT;
import static dev.stasis.linux.SyscallNumber.SETPGID;
import static dev.stasis.linux.SyscallNumber.SETSID;
import static dev.stasis.linux.SyscallNumber.WAIT4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes come back with their children, sessions, groups, zombies and stops. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TreeSpec {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int SIGCHLD = 17;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int SIGTSTP = 20;
    private static final int SIGTTIN = 21;
    private static final int SIGTTOU = 22;
    private static final int WNOHANG = 1;
    private static final int WUNTRACED = 2;

    @Test
    void childrenOfChildren(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet child = root.fork();
        Puppet grandchild = child.fork();
        Puppet other = root.fork();
        letGo(grandchild, other, child, root);

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        ProcessCalls.kill(other.pid(), SIGTERM);
        awaitState('Z', other);
        assertThat(waitFor(back, other.pid(), 0)).isEqualTo(SIGTERM);
    }

    @Test
    void childrenOfASecondThread(Stasis stasis, Sandbox sandbox) {
        Program python = sandbox.start(Programs.python(), Programs.source("thread_children.py").toString(),
                sandbox.path("lines").toString());
        Await.until("it has its children", () -> FileContents.text(sandbox.path("lines")).contains("ready"));
        new TreeCycle(stasis, sandbox).throughDeath(python);
        Await.until("its threads got their children's statuses",
                () -> FileContents.text(sandbox.path("lines")).contains("statuses [11, 12]"));
    }

    @Test
    void zombiesWithTheirExactStatus(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet exited = root.fork();
        Puppet killed = root.fork();
        Puppet terminated = root.fork();
        Puppet ownGroup = root.fork();
        ownGroup.call(SETPGID, 0, 0);
        exit(exited, 7);
        exit(ownGroup, 255);
        letGo(killed, terminated);
        ProcessCalls.kill(killed.pid(), SIGKILL);
        ProcessCalls.kill(terminated.pid(), SIGTERM);
        awaitState('Z', exited, ownGroup, killed, terminated);
        takeSignals(root);
        root.letGo();

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(takeSignals(back)).as("no SIGCHLD that was not there before").isZero();
        assertThat(waitFor(back, exited.pid(), 0)).isEqualTo(7 << 8);
        assertThat(waitFor(back, killed.pid(), 0)).isEqualTo(SIGKILL);
        assertThat(waitFor(back, terminated.pid(), 0)).isEqualTo(SIGTERM);
        assertThat(waitFor(back, ownGroup.pid(), 0)).isEqualTo(255 << 8);
    }

    @Test
    void aStoppedChildStaysStoppedAndItsParentGetsNoSignalForIt(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet child = root.fork();
        Pid thread = child.startThread();
        Puppet grandchild = child.fork();
        letGo(grandchild, child);
        stop(grandchild);
        stop(child);
        Await.until("its thread is stopped", () -> ProcessStates.of(thread) == 'T');
        waitFor(root, child.pid(), WUNTRACED);
        takeSignals(root);
        root.letGo();

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(takeSignals(back)).as("no SIGCHLD that was not there before").isZero();
        for (Pid stopped : new Pid[] {child.pid(), thread, grandchild.pid()}) {
            assertThat(ProcessStates.of(stopped)).isEqualTo('T');
        }
        ProcessCalls.kill(child.pid(), SIGCONT);
        Await.until("it goes on", () -> ProcessStates.of(child.pid()) == 'S' && ProcessStates.of(thread) == 'S');
    }

    @Test
    void tasksAreStoppedByTheSignalThatStoppedThemAndTheirParentsReadWhatTheyHadNotRead(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        List<Puppet> children = new ArrayList<>();
        int[] signals = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
        for (int i = 0; i < 2 * signals.length; i++) {
            Puppet child = root.fork();
            children.add(child);
            child.call(SETPGID, 0, 0); // in a group that is an orphan the signals of a terminal stop nobody
            Pid thread = child.startThread();
            child.letGo();
            ProcessCalls.kill(child.pid(), signals[i / 2]);
            awaitState('T', child);
            Await.until("its thread is stopped", () -> ProcessStates.of(thread) == 'T');
            if (i % 2 == 0) {
                assertThat(waitFor(root, child.pid(), WUNTRACED)).isEqualTo(signals[i / 2] << 8 | 0x7f);
            }
        }
        takeSignals(root);
        root.letGo();

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(takeSignals(back)).as("no SIGCHLD that was not there before").isZero();
        for (int i = 0; i < children.size(); i++) {
            Pid child = children.get(i).pid();
            if (i % 2 == 0) {
                assertThat(hasNews(back, child)).as("the stop of %s was read", child).isFalse();
            } else {
                assertThat(waitFor(back, child, WUNTRACED)).isEqualTo(signals[i / 2] << 8 | 0x7f);
            }
            assertThat(ProcessStates.of(child)).isEqualTo('T');
            ProcessCalls.kill(child, SIGCONT);
            Await.until("it goes on", () -> ProcessStates.of(child) == 'S');
        }
    }

    @Test
    void aRootThatWasStopped(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        root.letGo();
        stop(root);
        Program back = new TreeCycle(stasis, sandbox).throughDeath(root.program());
        Await.until("it is stopped", () -> ProcessStates.of(back.pid()) == 'T');
        back.signal(SIGCONT);
        Await.until("it goes on", () -> ProcessStates.of(back.pid()) == 'S');
    }

    @Test
    void sessionsInSessionsAndGroupsOfSiblings(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet early = root.fork();
        Puppet sessionLeader = root.fork();
        Puppet before = sessionLeader.fork(); // stays in the session of the root
        sessionLeader.call(SETSID);
        Puppet innerLeader = sessionLeader.fork();
        Puppet innerMember = sessionLeader.fork();
        innerLeader.call(SETPGID, 0, 0);
        innerMember.call(SETPGID, 0, innerLeader.pid().number());
        Puppet innerSession = innerMember.fork();
        innerSession.call(SETSID);
        early.call(SETPGID, 0, 0);
        before.call(SETPGID, 0, early.pid().number());
        letGo(innerSession, innerMember, innerLeader, before, sessionLeader, early, root);

        new TreeCycle(stasis, sandbox).throughDeath(root);
    }

    @Test
    void aGroupWhoseLeaderHasDied(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        Puppet leader = root.fork();
        Puppet member = root.fork();
        Puppet childOfMember = member.fork();
        leader.call(SETPGID, 0, 0);
        member.call(SETPGID, 0, leader.pid().number());
        exit(leader, 0);
        waitFor(root, leader.pid(), 0);
        takeSignals(root);
        letGo(childOfMember, member, root);

        Puppet back = new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(takeSignals(back)).as("no SIGCHLD that was not there before").isZero();
        assertThat(ProcessCalls.group(member.pid())).contains(leader.pid());
    }

    @Test
    void aSessionWhoseLeaderHasDied(Stasis stasis, Sandbox sandbox) {
        Puppet root = sandbox.puppet();
        root.call(SyscallNumber.PRCTL, 36, 1, 0, 0, 0); // PR_SET_CHILD_SUBREAPER: orphans become its children
        Puppet leader = root.fork();
        leader.call(SETSID);
        Puppet orphan = leader.fork();
        exit(leader, 0);
        waitFor(root, leader.pid(), 0);
        takeSignals(root);
        letGo(orphan, root);

        new TreeCycle(stasis, sandbox).throughDeath(root);

        assertThat(ProcessCalls.session(orphan.pid())).contains(leader.pid());
    }

    private static void letGo(Puppet... puppets) {
        for (Puppet puppet : puppets) {
            puppet.letGo();
        }
    }

    private static void exit(Puppet puppet, int code) {
        try {
            puppet.call(EXIT_GROUP, code);
        } catch (TaskGoneException asIntended) {
            return;
        }
        throw new AssertionError(puppet + " survived exit_group(2)");
    }

    private static void stop(Puppet puppet) {
        ProcessCalls.kill(puppet.pid(), SIGSTOP);
        awaitState('T', puppet);
    }

    private static void awaitState(char state, Puppet... puppets) {
        for (Puppet puppet : puppets) {
            Await.until(puppet + " is " + state, () -> ProcessStates.of(puppet.pid()) == state);
        }
    }

    /** The status that {@code parent} gets for {@code child}. */
    private static int waitFor(Puppet parent, Pid child, int options) {
        RemoteAddress status = parent.calls().lend(Integer.BYTES);
        assertThat(parent.call(WAIT4, child.number(), status.value(), WNOHANG | options, 0)).isEqualTo(child.number());
        return ByteBuffer.wrap(parent.calls().read(status, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static boolean hasNews(Puppet parent, Pid child) {
        return parent.call(WAIT4, child.number(), 0, WNOHANG | WUNTRACED, 0) != 0;
    }

    /** Takes all pending SIGCHLD; returns how many there were. */
    private static int takeSignals(Puppet puppet) {
        int taken = 0;
        long set = puppet.calls().lend(Bytes.longs(1L << (SIGCHLD - 1))).value();
        long now = puppet.calls().lend(Bytes.longs(0, 0)).value();
        while (puppet.calls().tryCall(RT_SIGTIMEDWAIT, set, 0, now, Long.BYTES) != -Errno.EAGAIN.number()) {
            taken++;
        }
        return taken;
    }
}
