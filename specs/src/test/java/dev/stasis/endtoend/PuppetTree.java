package dev.stasis.endtoend;

import static dev.stasis.linux.SyscallNumber.EXIT_GROUP;
import static dev.stasis.linux.SyscallNumber.GETPGID;
import static dev.stasis.linux.SyscallNumber.PRCTL;
import static dev.stasis.linux.SyscallNumber.PRLIMIT64;
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

/** A tree of puppets that grew as a {@link TreeShape} says. */
final class PuppetTree {
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final int WNOHANG = 1;
    private static final int WUNTRACED = 2;
    private static final int RLIMIT_CORE = 4;

    private final Puppet root;
    private final List<Puppet> living = new ArrayList<>();
    private final Map<Puppet, Puppet> parents = new HashMap<>();
    private final List<Puppet> all = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();

    private PuppetTree(Puppet root) {
        this.root = root;
        living.add(root);
    }

    /** Grows that of {@code shape}; all of it runs by itself then. */
    static PuppetTree grow(Sandbox sandbox, TreeShape shape) {
        PuppetTree tree = new PuppetTree(sandbox.puppet());
        tree.root.call(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); // so that orphans stay in it
        tree.root.call(PRLIMIT64, 0, RLIMIT_CORE, tree.root.calls().lend(Bytes.longs(0, 0)).value(), 0);
        for (TreeShape.Step step : shape.steps()) {
            tree.take(step);
        }
        tree.letGo(shape.rests());
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

    private void take(TreeShape.Step step) {
        Puppet one = living(step.who());
        if (step instanceof TreeShape.Fork) {
            fork(one);
        } else if (step instanceof TreeShape.StartThread) {
            tell(one + " has thread " + one.startThread());
        } else if (step instanceof TreeShape.NewSession) {
            tell(one + " setsid " + tryCall(one, SETSID));
        } else if (step instanceof TreeShape.NewGroup) {
            tell(one + " leads a group " + tryCall(one, SETPGID, 0, 0));
        } else if (step instanceof TreeShape.JoinGroup join) {
            join(one, living(join.other()));
        } else if (step instanceof TreeShape.Reap) {
            tell(one + " waits: " + tryCall(one, WAIT4, -1, 0, WNOHANG, 0));
        } else if (one != root) {
            die(one, step);
        }
    }

    private Puppet living(int who) {
        return living.get(who % living.size());
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

    private void die(Puppet one, TreeShape.Step step) {
        living.remove(one);
        tell(one + ": " + step);
        if (step instanceof TreeShape.Exit exit) {
            try {
                one.call(EXIT_GROUP, exit.code());
            } catch (TaskGoneException asIntended) {
                tell(one + " is gone");
            }
        } else if (step instanceof TreeShape.Die die) {
            one.letGo();
            ProcessCalls.kill(one.pid(), die.signal());
        }
        Await.until(one + " has ended", () -> ProcessStates.of(one.pid()) == 'Z' || ProcessStates.of(one.pid()) == ' ');
    }

    private static long tryCall(Puppet one, int number, long... arguments) {
        return one.calls().tryCall(number, arguments);
    }

    /** Children first: whether the parent has read that they are stopped it must still be able to say. */
    private void letGo(List<TreeShape.Rest> rests) {
        for (int i = living.size() - 1; i >= 0; i--) {
            Puppet one = living.get(i);
            one.letGo();
            if (one != root && rests.get(i) != TreeShape.Rest.WAITING) {
                ProcessCalls.kill(one.pid(), SIGSTOP);
                Await.until(one + " is stopped", () -> ProcessStates.of(one.pid()) == 'T');
                Puppet parent = parents.get(one);
                boolean read = rests.get(i) == TreeShape.Rest.STOPPED_AND_READ && living.contains(parent);
                tell(one + " is stopped" + (read ? ", read: " + tryCall(parent, WAIT4, one.pid().number(), 0, WNOHANG | WUNTRACED, 0) : ""));
            }
        }
    }
}
