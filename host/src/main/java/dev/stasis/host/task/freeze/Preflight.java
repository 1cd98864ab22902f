package dev.stasis.host.task.freeze;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.proc.TaskStat;
import dev.stasis.linux.proc.TaskStatus;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Refuses, before anything is touched, what cannot be dumped by its very nature. Any thread may call. */
public final class Preflight {
    private static final int CAP_SYS_PTRACE = 19;
    private static final int CAP_SYS_ADMIN = 21;

    private Preflight() {}

    /** Throws {@link StasisException} unless process {@code pid} can be frozen by this process. */
    public static void check(Pid pid) {
        List<Problem> problems = problems(pid);
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
    }

    /** Why process {@code pid} cannot be frozen by this process; empty when it can. */
    public static List<Problem> problems(Pid pid) {
        Optional<byte[]> stat = ProcFile.tryRead(pid, "stat");
        Optional<byte[]> status = ProcFile.tryRead(pid, "status");
        if (stat.isEmpty() || status.isEmpty()) {
            return List.of(problem(FreezeError.NO_SUCH_PROCESS, pid, "there is no such process",
                    "look up the pid again, with ps(1) or pgrep(1)"));
        }
        List<Problem> problems = new ArrayList<>();
        checkNature(pid, TaskStat.parse(stat.get()), TaskStatus.parse(status.get()), problems);
        checkKinship(pid, problems);
        if (problems.isEmpty()) {
            checkCapabilities(problems);
        }
        return problems;
    }

    private static void checkNature(Pid pid, TaskStat stat, TaskStatus status, List<Problem> problems) {
        if (pid.number() == 1) {
            problems.add(problem(FreezeError.INIT_PROCESS, pid, "pid 1 is the system's first process, which cannot be brought back",
                    "choose one of its services instead"));
        } else if (stat.isKernelThread()) {
            problems.add(problem(FreezeError.KERNEL_THREAD, pid, "it is a thread of the kernel (" + stat.name() + ")",
                    "give the pid of a program"));
        } else if (status.threadGroup() != pid.number()) {
            problems.add(problem(FreezeError.NOT_A_PROCESS, pid, "it is a thread of process " + status.threadGroup(),
                    "give the pid of the process: " + status.threadGroup()));
        } else if (stat.isZombie() && ProcFile.threads(pid).size() > 1) {
            problems.add(leaderEnded(pid));
        } else if (stat.isZombie()) {
            problems.add(problem(FreezeError.ENDED_PROCESS, pid, "it has ended and waits for its parent " + stat.parent(),
                    "there is nothing left of it to dump: give the pid of a living process"));
        } else if (status.tracer() != 0 && !Strays.isOurs(pid)) {
            problems.add(tracedBy(pid, status.tracer()));
        }
    }

    /** The refusal of a task that {@code tracer} traces. */
    static Problem tracedBy(Pid pid, int tracer) {
        return problem(FreezeError.ALREADY_TRACED, pid, "task " + tracer + " (" + name(new Pid(tracer)) + ") traces it already",
                "end that debugger or tracer first");
    }

    /** The refusal of a process whose first thread has ended before the others. */
    static Problem leaderEnded(Pid pid) {
        return problem(FreezeError.LEADER_ENDED, pid, "its first thread has ended while others run on, which cannot be brought back",
                "keep the main thread until the others have ended");
    }

    private static void checkKinship(Pid pid, List<Problem> problems) {
        Pid self = ProcessCalls.self();
        if (pid.equals(self)) {
            problems.add(problem(FreezeError.OWN_PROCESS, pid, "it is Stasis itself", "give the pid of another process"));
            return;
        }
        int ancestor = parent(self);
        while (ancestor > 1) {
            if (ancestor == pid.number()) {
                problems.add(problem(FreezeError.OWN_ANCESTOR, pid, "Stasis itself runs below it, so that it would freeze itself",
                        "start Stasis from another shell or session"));
                return;
            }
            ancestor = parent(new Pid(ancestor));
        }
    }

    private static int parent(Pid pid) {
        Optional<byte[]> stat = ProcFile.tryRead(pid, "stat");
        return stat.isEmpty() ? 0 : TaskStat.parse(stat.get()).parent();
    }

    private static void checkCapabilities(List<Problem> problems) {
        long effective = TaskStatus.parse(ProcFile.read(ProcessCalls.self(), "status")).effective();
        requireCapability(effective, CAP_SYS_PTRACE, "CAP_SYS_PTRACE", problems);
        requireCapability(effective, CAP_SYS_ADMIN, "CAP_SYS_ADMIN", problems);
    }

    private static void requireCapability(long effective, int number, String name, List<Problem> problems) {
        if ((effective & (1L << number)) == 0) {
            problems.add(new Problem(FreezeError.MISSING_CAPABILITY, "Stasis", "it lacks the capability " + name,
                    "run it as root, for example with sudo"));
        }
    }

    private static String name(Pid pid) {
        Optional<byte[]> stat = ProcFile.tryRead(pid, "stat");
        return stat.isEmpty() ? "?" : TaskStat.parse(stat.get()).name();
    }

    static Problem problem(FreezeError code, Pid pid, String reason, String help) {
        return new Problem(code, "process " + pid, reason, help);
    }
}
