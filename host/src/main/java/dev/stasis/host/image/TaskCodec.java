package dev.stasis.host.image;

import dev.stasis.host.image.proto.core_entry;
import dev.stasis.host.image.proto.rlimit_entry;
import dev.stasis.host.image.proto.stasis_settings_entry;
import dev.stasis.host.image.proto.task_core_entry;
import dev.stasis.host.image.proto.task_rlimits_entry;
import dev.stasis.host.state.MemorySettings;
import dev.stasis.host.state.ResourceLimit;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.TaskState.Life;
import dev.stasis.host.state.ThreadState;
import java.util.ArrayList;
import java.util.List;

/** What the {@code core-TID.img} of a process's leader says of the process. */
final class TaskCodec {
    private static final int X86_64 = 1;
    private static final int ALIVE = 1;
    private static final int STOPPED = 3;
    private static final int ENDED = 6;
    private static final int SIGCHLD = 17;

    private TaskCodec() {}

    /** The message of {@code thread}, with that of {@code task} in it when it is the leader. */
    static core_entry write(TaskState task, ThreadState thread, SeccompCodec seccomp) {
        core_entry.Builder core = core_entry.newBuilder().setMtype(X86_64);
        if (thread == task.threads().get(0)) {
            core.setTc(process(task, thread));
        }
        ThreadCodec.write(thread, seccomp, core);
        return core.build();
    }

    private static task_core_entry process(TaskState task, ThreadState leader) {
        task_core_entry.Builder entry = task_core_entry.newBuilder()
                .setTaskState(state(task.life()))
                .setExitCode(task.exitStatus())
                .setPersonality(0)
                .setFlags(0)
                .setBlkSigset(leader.signalMask())
                .setComm(CommandName.text(leader.name()));
        if (task.life() != Life.ENDED) {
            entry.setTimers(TimerCodec.write(task.intervalTimers(), task.posixTimers()));
        }
        if (task.settings() != null) {
            entry.setRlimits(limits(task.limits())).setSignalsS(SignalCodec.queue(task.pending()));
            SignalCodec.write(task.actions(), entry);
            settings(task.settings(), entry);
        }
        if (task.exitSignal() != SIGCHLD) {
            entry.setStasisExitSignal(task.exitSignal());
        }
        return entry.build();
    }

    private static int state(Life life) {
        return switch (life) {
            case RUNNING -> ALIVE;
            case STOPPED -> STOPPED;
            case ENDED -> ENDED;
        };
    }

    private static task_rlimits_entry limits(List<ResourceLimit> limits) {
        task_rlimits_entry.Builder entry = task_rlimits_entry.newBuilder();
        for (int i = 0; i < limits.size(); i++) {
            ResourceLimit limit = limits.get(i);
            if (limit.resource() != i) {
                throw new IllegalArgumentException("limit " + limit.resource() + " stands in place " + i);
            }
            entry.addRlimits(rlimit_entry.newBuilder().setCur(limit.soft()).setMax(limit.hard()));
        }
        return entry.build();
    }

    private static void settings(TaskSettings settings, task_core_entry.Builder entry) {
        stasis_settings_entry.Builder more = stasis_settings_entry.newBuilder()
                .setDumpable(settings.dumpable())
                .setThpDisabled(settings.transparentHugePagesDisabled())
                .setCoredumpFilter(settings.coredumpFilter());
        if (settings.stopUnread()) {
            more.setStopUnread(true);
        }
        if (!settings.controlGroups().isEmpty()) {
            more.setControlGroups(settings.controlGroups());
        }
        if (!settings.sessionKeyring().isEmpty()) {
            more.setSessionKeyring(settings.sessionKeyring());
        }
        entry.setPersonality(settings.personality())
                .setOomScoreAdj(settings.oomScoreAdjustment())
                .setChildSubreaper(settings.childSubreaper())
                .setStasisSettings(memory(settings.memory(), more));
    }

    /** Only what is not as usual. */
    private static stasis_settings_entry.Builder memory(MemorySettings memory, stasis_settings_entry.Builder entry) {
        if (memory.lockFuture() != 0) {
            entry.setLockFuture(memory.lockFuture());
        }
        if (memory.mergesEqualPages()) {
            entry.setMemoryMerge(true);
        }
        if (memory.writeExecuteDenial() != 0) {
            entry.setWriteExecuteDenial(memory.writeExecuteDenial());
        }
        if (memory.barriers() != 0) {
            entry.setBarriers(memory.barriers());
        }
        if (memory.hugePagesOnlyWhereAdvised()) {
            entry.setThpOnlyAdvised(true);
        }
        return entry;
    }

    /** Checks that {@code core} is of this machine's architecture and returns it. */
    static core_entry check(core_entry core) {
        MalformedImage.unless(core.getMtype() == X86_64, "it is of another architecture (" + core.getMtype() + ")");
        return core;
    }

    /** What the process of {@code entry} does. */
    static Life life(task_core_entry entry) {
        return switch (entry.getTaskState()) {
            case ALIVE -> Life.RUNNING;
            case STOPPED -> Life.STOPPED;
            case ENDED -> Life.ENDED;
            default -> throw new MalformedImage("its task is in an unknown state, " + entry.getTaskState());
        };
    }

    /** The resource limits of {@code entry}. */
    static List<ResourceLimit> limits(task_core_entry entry) {
        List<ResourceLimit> limits = new ArrayList<>();
        for (rlimit_entry limit : entry.getRlimits().getRlimitsList()) {
            limits.add(new ResourceLimit(limits.size(), limit.getCur(), limit.getMax()));
        }
        return limits;
    }

    /** The settings of {@code entry}, null when it has none. */
    static TaskSettings settings(task_core_entry entry) {
        if (!entry.hasStasisSettings()) {
            return null;
        }
        stasis_settings_entry more = entry.getStasisSettings();
        return new TaskSettings(entry.getPersonality(), more.getDumpable(), entry.getChildSubreaper(), more.getThpDisabled(),
                more.getCoredumpFilter(), entry.getOomScoreAdj(), more.getStopUnread(),
                new MemorySettings(more.getLockFuture(), more.getMemoryMerge(), more.getWriteExecuteDenial(), more.getBarriers(),
                        more.getThpOnlyAdvised()), more.getControlGroups(), more.getSessionKeyring());
    }

    /** The signal that the parent gets when the task of {@code entry} ends. */
    static int exitSignal(task_core_entry entry) {
        return entry.hasStasisExitSignal() ? entry.getStasisExitSignal() : SIGCHLD;
    }
}
