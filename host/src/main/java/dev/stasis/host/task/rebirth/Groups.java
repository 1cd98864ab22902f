package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Leader;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts all processes into their process groups; a helper plays the leader of a group whose leader has died. */
final class Groups {
    private final RestorePlan plan;
    private final List<Newborn> born;
    private final Map<Leader, Newborn> helpers = new HashMap<>();

    Groups(RestorePlan plan, List<Newborn> born) {
        this.plan = plan;
        this.born = born;
    }

    /** Founders found their groups first, then the others join, then founders go that have left; last, the helpers. */
    void form() {
        List<Newborn> members = new ArrayList<>(born);
        List<Newborn> founders = new ArrayList<>();
        for (Newborn member : members) {
            if (plan.isGroup(member.number())) {
                founders.add(member);
                join(member, new Leader(member.number()));
            }
        }
        for (Newborn member : members) {
            if (!plan.isGroup(member.number())) {
                join(member, member.state.group());
            }
        }
        for (Newborn founder : founders) {
            join(founder, founder.state.group());
        }
        for (Newborn helper : helpers.values()) {
            Funeral.bury(helper, born);
        }
    }

    private void join(Newborn member, Leader group) {
        if (member.group.equals(group)) {
            return; // so is one from outside: it was inherited
        }
        if (!plan.contains(group.pid()) && !helpers.containsKey(group)) {
            helpers.put(group, helper(member, group.pid()));
        }
        member.call("setpgid", SyscallNumber.SETPGID, 0, group.number());
        member.group = group;
    }

    private Newborn helper(Newborn member, Pid group) {
        // No exit signal: its death is nobody's business.
        Newborn helper = member.clone(null, Cloning.bear(member, member.leader(), 0, 0, group), false);
        helper.number = group;
        born.add(helper);
        helper.call("setpgid", SyscallNumber.SETPGID, 0, 0);
        return helper;
    }
}
