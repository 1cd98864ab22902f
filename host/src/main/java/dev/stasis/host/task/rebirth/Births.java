package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.host.state.TaskState;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Bears all processes of a plan, parents first, each in its session. */
final class Births {
    private static final int SIGCHLD = 17;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private final RestorePlan plan;
    private Nursery nursery;
    private final List<Newborn> born = new ArrayList<>();
    private final Rebirth.Place place;
    private Newborn init;
    private Map<Pid, Fd> terminals = Map.of();
    private final Map<Leader, Newborn> sessionHelpers = new HashMap<>();

    /** Sees to tasks between one birth and the next. */
    interface Nursery {

        /** {@code parent} is about to bear its children. */
        void beforeChildren(Newborn parent);

        /** {@code child}, which is not a helper, was born. */
        void born(Newborn child);
    }

    Births(RestorePlan plan, Rebirth.Place place) {
        this.plan = plan;
        this.place = place;
    }

    /** All that were born so far, helpers among them, parents first. */
    List<Newborn> born() {
        return born;
    }

    /** The first process of the tree's own pid namespace, a child of ours; null when it has none. It is not among the born. */
    Newborn init() {
        return init;
    }

    /** Bears the tree: the root out of {@code seed} as a child of this process, the others as children of their parents. */
    void bearAll(Newborn seed, Map<Pid, Fd> controllingTerminals, Nursery attending) {
        terminals = controllingTerminals;
        nursery = attending;
        init = place == Rebirth.Place.NEW_PID_NAMESPACE ? NamespaceInit.bear(seed) : null;
        Newborn root = init != null ? bearChild(init, plan.root()) : place == Rebirth.Place.SIBLING ? adopt(seed) : bearRoot(seed);
        bearChildren(root);
        bearAdopted(new ArrayList<>(plan.adopted()));
        for (Newborn helper : sessionHelpers.values()) {
            Funeral.bury(helper, born);
        }
    }

    /** The seed becomes the root itself: what it bore would be a child of our parent, but it would be left to that as well. */
    private Newborn adopt(Newborn seed) {
        seed.state = plan.root();
        born.add(seed);
        nursery.born(seed);
        return seed;
    }

    /** In a session that has lost its leader, if it was in one: then a helper plays it, as a sibling of the seed. */
    private Newborn bearRoot(Newborn seed) {
        Leader session = plan.sessions().atBirth(plan.root());
        if (!plan.sessions().isLost(session)) {
            return bear(seed, plan.root(), Cloning.AS_SIBLING, 0);
        }
        Newborn helper = seed.clone(null, Cloning.bear(seed, seed.leader(), Cloning.AS_SIBLING, 0, session.pid()), false);
        helper.number = session.pid();
        born.add(helper);
        setsid(helper);
        Newborn root = bear(helper, plan.root(), Cloning.AS_SIBLING, 0);
        Funeral.kill(helper); // a child of ours: buried by that
        helper.close();
        born.remove(helper);
        return root;
    }

    private void bearChildren(Newborn parent) {
        nursery.beforeChildren(parent);
        for (TaskState child : plan.childrenBeforeSession(parent.state)) {
            bearChildren(bearChild(parent, child));
        }
        if (Sessions.isLeader(parent.state)) {
            setsid(parent);
            takeTerminal(parent);
        }
        for (TaskState child : plan.childrenAfterSession(parent.state)) {
            bearChildren(bearChild(parent, child));
        }
    }

    /** Each as soon as its parent and the leader of its session are there: either may be below another one that is adopted. */
    private void bearAdopted(List<TaskState> waiting) {
        while (!waiting.isEmpty()) {
            int before = waiting.size();
            for (int i = waiting.size() - 1; i >= 0; i--) {
                TaskState task = waiting.get(i);
                Newborn parent = find(task.parent());
                Newborn leader = find(plan.sessions().atBirth(task).pid());
                if (parent != null && leader != null) {
                    waiting.remove(i);
                    bearChildren(bearOrphan(leader, parent, task));
                }
            }
            if (waiting.size() == before) {
                throw new IllegalStateException("nobody can bear task " + waiting.get(0).pid());
            }
        }
    }

    /** The process of the tree with number {@code pid}; null when it is not born, or {@code pid} is null. */
    Newborn find(Pid pid) {
        for (Newborn newborn : born) {
            if (newborn.state != null && newborn.state.pid().equals(pid)) {
                return newborn;
            }
        }
        return null;
    }

    /**
     * As it came about: a child of the session's leader bears the task and dies, and the nearest one above that takes in orphans
     * (PR_SET_CHILD_SUBREAPER), for which only {@code parent} has asked by now, becomes its parent.
     */
    private Newborn bearOrphan(Newborn leader, Newborn parent, TaskState task) {
        Cloning.Anyone anyone = Cloning.bearAnyone(leader, SIGCHLD, plan.numbers());
        Newborn between = leader.clone(null, anyone.task(), false);
        between.number = anyone.number();
        born.add(between);
        Newborn orphan = bear(between, task, 0, SIGCHLD);
        parent.call("prctl PR_SET_CHILD_SUBREAPER", SyscallNumber.PRCTL, PR_SET_CHILD_SUBREAPER, 1);
        Funeral.bury(between, born);
        parent.call("prctl PR_SET_CHILD_SUBREAPER", SyscallNumber.PRCTL, PR_SET_CHILD_SUBREAPER, 0);
        return orphan;
    }

    private void takeTerminal(Newborn leader) {
        Fd terminal = terminals.get(leader.number());
        if (terminal != null) {
            int number = leader.receive(terminal);
            leader.call("ioctl TIOCSCTTY", SyscallNumber.IOCTL, number, TerminalCalls.TIOCSCTTY, 0);
            leader.closeDescriptor(number);
        }
    }

    private Newborn bearChild(Newborn parent, TaskState child) {
        Leader session = plan.sessions().atBirth(child);
        if (plan.sessions().isLost(session) && !session.equals(parent.session)) {
            // A helper plays the dead leader; what it bears as its sibling has our parent and its session, and its exit signal.
            if (child.exitSignal() != SIGCHLD) {
                throw new StasisException(new Problem(RebirthError.SESSION_UNREACHABLE, RestorePlan.subject(child),
                        "its parent gets signal " + child.exitSignal() + " instead of SIGCHLD when it ends, and the leader of its"
                        + " session is gone: both cannot be had", ""));
            }
            return bear(sessionHelper(parent, session), child, Cloning.AS_SIBLING, 0);
        }
        return bear(parent, child, 0, child.exitSignal());
    }

    private Newborn sessionHelper(Newborn parent, Leader session) {
        Newborn helper = sessionHelpers.get(session);
        if (helper == null) {
            // It shares all, so that what it bears can share with our parent or not.
            helper = parent.clone(null, Cloning.bear(parent, parent.leader(),
                    Cloning.SHARING_DESCRIPTORS | Cloning.SHARING_FILE_SYSTEM, SIGCHLD, session.pid()), true);
            helper.number = session.pid();
            born.add(helper);
            sessionHelpers.put(session, helper);
            setsid(helper);
        }
        return helper;
    }

    private Newborn bear(Newborn parent, TaskState child, long flags, int exitSignal) {
        boolean sharesDescriptors = !child.sharing().descriptors().equals(child.pid());
        long sharing = (sharesDescriptors ? Cloning.SHARING_DESCRIPTORS : 0)
                | (child.sharing().fileSystem().equals(child.pid()) ? 0 : Cloning.SHARING_FILE_SYSTEM);
        Newborn newborn = parent.clone(child,
                Cloning.bear(parent, parent.leader(), flags | sharing, exitSignal, child.pid()), sharesDescriptors);
        born.add(newborn);
        nursery.born(newborn);
        return newborn;
    }

    private static void setsid(Newborn newborn) {
        newborn.call("setsid", SyscallNumber.SETSID);
        newborn.session = new Leader(newborn.number());
        newborn.group = newborn.session;
    }
}
