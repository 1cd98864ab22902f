package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts all processes into their process groups; a helper plays the leader of a group whose leader has died. */
final class Groups {
    private final RestorePlan plan;
    private final List<Newborn> born;
    private final Log log;
    private final Map<Pid, Newborn> helpers = new HashMap<>();

    Groups(RestorePlan plan, List<Newborn> born, Log log) {
        this.plan = plan;
        this.born = born;
        this.log = log;
    }

    /** Leaders found their groups first, then the others join; then the helpers go. */
    void form() {
        List<Newborn> members = new ArrayList<>(born);
        for (Newborn member : members) {
            if (member.state.group().equals(member.pid())) {
                join(member, member.pid());
            }
        }
        for (Newborn member : members) {
            join(member, member.state.group());
        }
        for (Newborn helper : helpers.values()) {
            Funeral.bury(helper, born);
        }
    }

    private void join(Newborn member, Pid group) {
        if (member.group.equals(group)) {
            return;
        }
        if (!plan.contains(group) && !helpers.containsKey(group)) {
            if (group.equals(plan.foreignGroup().orElse(null))) {
                joinForeign(member, group);
                return;
            }
            helpers.put(group, helper(member, group));
        }
        member.call("setpgid", SyscallNumber.SETPGID, 0, group.number());
        member.group = group;
    }

    private Newborn helper(Newborn member, Pid group) {
        // No exit signal: its death is nobody's business.
        Newborn helper = member.clone(null, Cloning.bear(member, member.leader(), 0, 0, group), false);
        born.add(helper);
        helper.call("setpgid", SyscallNumber.SETPGID, 0, 0);
        return helper;
    }

    /** A group from outside the tree can be joined only where it still exists in our own session. */
    private void joinForeign(Newborn member, Pid group) {
        long result = member.leader().tryCall(SyscallNumber.SETPGID, 0, group.number());
        if (result == 0) {
            member.group = group;
        } else if (result == -Errno.EPERM.number() || result == -Errno.ESRCH.number()) {
            log.info(RestorePlan.subject(member.state) + ": group " + group + " of its shell is not there; it joins group "
                    + member.group);
        } else {
            throw new KernelException("setpgid", member.pid(), new Errno((int) -result));
        }
    }
}
