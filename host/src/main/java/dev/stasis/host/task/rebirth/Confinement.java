package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Credentials;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import java.util.List;

/** What this process was given for good: all that it makes has it too, whether it had it before or not. */
final class Confinement {
    private Confinement() {}

    /** Adds to {@code problems} what {@code tasks} did not have and would not get rid of. */
    static void check(List<TaskState> tasks, List<Problem> problems) {
        check(TaskStatus.parse(ProcFile.read(ProcessCalls.self(), "status")), tasks, problems);
    }

    /** The same for a process of which {@code ours} tells. Pure. */
    static void check(TaskStatus ours, List<TaskState> tasks, List<Problem> problems) {
        if (ours.seccomp() != 0) {
            problems.add(new Problem(RebirthError.CONFINED, "Stasis", "seccomp confines it, and would confine all that it restores",
                    "run it outside of that sandbox or container"));
        }
        TaskState free = ours.noNewPrivileges() ? free(tasks) : null;
        if (free != null) {
            problems.add(new Problem(RebirthError.CONFINED, "Stasis", "it may gain no new privileges (PR_SET_NO_NEW_PRIVS), and so"
                    + " would all that it restores, while " + RestorePlan.subject(free) + " may",
                    "start it from where that is not set"));
        }
        checkCapabilities(ours, tasks, problems);
    }

    /** What a process lacks for good nothing that it makes can have. */
    private static void checkCapabilities(TaskStatus ours, List<TaskState> tasks, List<Problem> problems) {
        for (TaskState task : tasks) {
            long lacking = 0;
            if (task.life() == TaskState.Life.ENDED) {
                continue;
            }
            for (ThreadState thread : task.threads()) {
                Credentials wanted = thread.credentials();
                lacking |= (wanted.permitted() | wanted.effective() | wanted.ambient()) & ~ours.bounding();
            }
            if (lacking != 0) {
                problems.add(new Problem(RebirthError.CONFINED, RestorePlan.subject(task), "it had " + CapabilityNames.of(lacking)
                        + ", which this process may never gain (they are not in its bounding set)",
                        "restore from where they are, outside of the container for example, or with its --cap-add"));
            }
        }
    }

    /** Capabilities that a program of {@code tasks} could have gained by execve(2) once, and cannot when it is back; "" for none. */
    static String lostForPrograms(List<TaskState> tasks) {
        long ours = TaskStatus.parse(ProcFile.read(ProcessCalls.self(), "status")).bounding();
        long lost = 0;
        for (TaskState task : tasks) {
            for (ThreadState thread : task.threads()) {
                lost |= task.life() == TaskState.Life.ENDED ? 0 : thread.credentials().bounding() & ~ours;
            }
        }
        return CapabilityNames.of(lost);
    }

    private static TaskState free(List<TaskState> tasks) {
        for (TaskState task : tasks) {
            for (ThreadState thread : task.threads()) {
                if (task.life() != TaskState.Life.ENDED && !thread.noNewPrivileges()) {
                    return task;
                }
            }
        }
        return null;
    }
}
