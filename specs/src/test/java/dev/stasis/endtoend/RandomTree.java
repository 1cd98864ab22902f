package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.EXIT_GROUP;
import static dev.stasis.linux.SyscallNumber.GETPGID;
import static dev.stasis.linux.SyscallNumber.PRCTL;
import static dev.stasis.linux.SyscallNumber.SETPGID;
import static dev.stasis.linux.SyscallNumber.SETSID;
import static dev.stasis.linux.SyscallNumber.WAIT4;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.TaskGoneException;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A tree of puppets that grew by chance: forks, threads, groups, sessions, deaths of all kinds, stops that were read or not. */
final class RandomTree {
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final int WNOHANG = 1;
    private static final int WUNTRACED = 2;
    private static final int[] DEADLY = {1, 9, 13, 15, 10, 34};

    private final Random random;
    private final Puppet root;
    private final List<Puppet> living = new ArrayList<>();
    private final Map<Puppet, Puppet> parents = new HashMap<>();
    private final List<Puppet> all = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();

    private RandomTree(Random random, Puppet root) {
        this.random = random;
        this.root = root;
        living.add(root);
    }

    /** Grows one in {@code steps} steps; all of it runs by itself then. */
    static RandomTree grow(Sandbox sandbox, Random random, int steps) {
        RandomTree tree = new RandomTree(random, Puppet.start(sandbox.directory()));
        tree.root.call(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); // so that orphans stay in it
        for (int i = 0; i < steps; i++) {
            tree.step();
        }
        tree.letGo();
        return tree;
    }

    Puppet root() {
        return root;
    }

    /** Kills whatever there is of it, also what came back, and waits until it is gone. */
    void end() {
        end(root.pid());
        for (Puppet one : all) {
            end(one.pid());
        }
        for (Puppet one : all) {
            Await.until(one + " is gone", () -> {
                ProcessCalls.awaitChild(one.pid());
                return !isPuppet(one.pid());
            });
        }
    }

    private static void end(Pid pid) {
        if (isPuppet(pid)) {
            ProcessCalls.kill(pid, SIGKILL);
            ProcessCalls.awaitChild(pid);
        }
    }

    private static boolean isPuppet(Pid pid) {
        return ProcFile.tryRead(pid, "stat").filter(stat -> TaskStat.parse(stat).name().equals("puppet")).isPresent();
    }

    /** What was done, for whoever has to find out why it does not come back. */
    String story() {
        return story.toString();
    }

    private void step() {
        Puppet one = living.get(random.nextInt(living.size()));
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> fork(one);
            case 4 -> tell(one + " has thread " + one.startThread());
            case 5 -> tell(one + " setsid " + tryCall(one, SETSID));
            case 6 -> tell(one + " leads a group " + tryCall(one, SETPGID, 0, 0));
            case 7 -> join(one, living.get(random.nextInt(living.size())));
            case 8 -> die(one);
            default -> reap(one);
        }
    }

    private void tell(String step) {
        story.append(step).append('\n');
    }

    private void fork(Puppet one) {
        if (living.size() < 10) {
            Puppet child = one.fork();
            living.add(child);
            all.add(child);
            parents.put(child, one);
            tell(one + " has child " + child);
        }
    }

    /** Fails, as it should, when the other is in another session. */
    private void join(Puppet one, Puppet other) {
        long group = other.call(GETPGID, 0);
        tell(one + " joins the group of " + other + ", " + group + ": " + tryCall(one, SETPGID, 0, group));
    }

    private void die(Puppet one) {
        if (one == root) {
            return;
        }
        living.remove(one);
        if (random.nextBoolean()) {
            int code = random.nextInt(256);
            tell(one + " exits with " + code);
            try {
                one.call(EXIT_GROUP, code);
            } catch (TaskGoneException asIntended) {
                tell(one + " is gone");
            }
        } else {
            int signal = DEADLY[random.nextInt(DEADLY.length)];
            tell(one + " is killed by " + signal);
            one.letGo();
            ProcessCalls.kill(one.pid(), signal);
        }
        Await.until(one + " has ended", () -> ProcessStates.of(one.pid()) == 'Z' || ProcessStates.of(one.pid()) == ' ');
    }

    /** Takes one zombie, if it has any. */
    private void reap(Puppet one) {
        tell(one + " waits: " + tryCall(one, WAIT4, -1, 0, WNOHANG, 0));
    }

    private static long tryCall(Puppet one, int number, long... arguments) {
        return one.calls().tryCall(number, arguments);
    }

    /** Children first: whether the parent has read that they are stopped it must still be able to say. */
    private void letGo() {
        for (int i = living.size() - 1; i >= 0; i--) {
            Puppet one = living.get(i);
            one.letGo();
            if (one != root && random.nextInt(5) == 0) {
                ProcessCalls.kill(one.pid(), SIGSTOP);
                Await.until(one + " is stopped", () -> ProcessStates.of(one.pid()) == 'T');
                Puppet parent = parents.get(one);
                boolean read = random.nextBoolean() && living.contains(parent);
                tell(one + " is stopped" + (read ? ", read: " + tryCall(parent, WAIT4, one.pid().number(), 0, WNOHANG | WUNTRACED, 0) : ""));
            }
        }
    }
}
