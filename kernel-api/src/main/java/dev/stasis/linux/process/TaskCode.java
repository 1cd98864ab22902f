package dev.stasis.linux.process;

import dev.stasis.linux.internal.BpfCode;
import dev.stasis.linux.internal.BpfProgram;
import dev.stasis.linux.internal.BpfTypes;
import dev.stasis.linux.internal.KernelWalk;

/**
 * A BPF program that looks at a process, while it is written down. It begins with the way there, by a descriptor of the process in the
 * calling thread's table; all by reads that fail, rather than fault, where nothing is.
 */
final class TaskCode {
    /** How a descriptor leads to the process: by its inode since Linux 6.9. */
    enum Way { INODE, FILE }

    /** How many entries of a list are seen; the verifier walks through so many rounds. */
    static final int MOST_ENTRIES = 256;

    private static final String SUBJECT = "undo lists of semaphores";
    // Registers that calls leave alone.
    private static final int HERE = 6;
    private static final int AT = KernelWalk.AT;
    private static final int WHICH = 8;
    private static final int WHAT = 9;

    private final BpfTypes types = new BpfTypes();
    private final BpfCode code = new BpfCode();
    private final KernelWalk walk = new KernelWalk(code, types);

    /** From the first argument, the descriptor, to the structure of the process's first thread, in AT. */
    private TaskCode(Way way) {
        code.load(HERE, 1, 0);
        code.load(WHICH, 1, 8);
        code.load(WHAT, 1, 16);
        walk.goToFile(HERE);
        if (way == Way.INODE) {
            walk.follow("file", "f_inode");
            walk.follow("inode", "i_private");
        } else {
            walk.follow("file", "private_data");
        }
        int lists = types.array(types.struct("hlist_head", 8, "first", BpfTypes.POINTER, 0), 1);
        code.set(3, KernelWalk.field(types.struct("pid", 8, "tasks", lists, 0)));
        walk.read(Long.BYTES);
        endIfNothing();
        int links = types.array(types.struct("hlist_node", 8, "next", BpfTypes.POINTER, 0), 1);
        code.set(1, KernelWalk.field(types.struct("task_struct", 8, "pid_links", links, 0)));
        code.subtract(AT, 1);
    }

    /** Returns whether the process is the one that runs the program. */
    static BpfProgram itself(Way way) {
        TaskCode task = new TaskCode(way);
        BpfCode code = task.code;
        code.move(HERE, AT);
        code.call(BpfProgram.CURRENT_TASK);
        code.move(AT, BpfCode.RESULT);
        task.walk.follow("task_struct", "group_leader");
        int same = code.jumpIfEqual(AT, HERE);
        task.end(0);
        code.land(same);
        task.end(1);
        return task.load();
    }

    /**
     * Of the entry in the list of what is undone that has the number of the second argument, returns what the third one says: for 0
     * the number of the set, plus 1; for N what is undone of its Nth semaphore, in 16 bits. 0 when there is no such entry.
     */
    static BpfProgram undo(Way way) {
        TaskCode task = new TaskCode(way);
        BpfCode code = task.code;
        BpfTypes types = task.types;
        int holder = types.struct("sysv_sem", 8, "undo_list", BpfTypes.POINTER, 0);
        code.set(3, new BpfTypes.Field(types.struct("task_struct", 8, "sysvsem", holder, 0), "0:0:0", 0));
        task.walk.read(Long.BYTES);
        task.endIfNothing();
        int list = types.struct("list_head", 8, "next", BpfTypes.POINTER, 0);
        code.set(1, KernelWalk.field(types.struct("sem_undo_list", 8, "list_proc", list, 0)));
        code.add(AT, 1);
        task.goToEntry();
        code.set(1, KernelWalk.field(types.struct("sem_undo", 8, "list_proc", list, 0)));
        code.subtract(AT, 1);
        int set = code.jumpIfZero(WHAT);
        int adjustments = types.array(BpfTypes.UNSIGNED_INT, 0);
        code.addConstant(WHAT, -1);
        code.multiply(WHAT, Short.BYTES);
        code.add(AT, WHAT);
        code.set(3, KernelWalk.field(types.struct("sem_undo", 8, "semadj", adjustments, 0)));
        task.walk.read(Short.BYTES);
        task.endWithWhatWasRead();
        code.land(set);
        code.set(3, KernelWalk.field(types.struct("sem_undo", 8, "semid", BpfTypes.UNSIGNED_INT, 0)));
        task.walk.read(Integer.BYTES);
        code.addConstant(AT, 1);
        task.endWithWhatWasRead();
        return task.load();
    }

    /** From the head of a list to the entry WHICH, the first one being 0; ends when there is none. */
    private void goToEntry() {
        int inReach = code.jumpIfAtLeast(WHICH, MOST_ENTRIES);
        code.move(HERE, AT);
        int loop = code.here();
        code.set(3, 0);
        walk.read(Long.BYTES);
        endIfNothing();
        int last = code.jumpIfEqual(AT, HERE);
        int found = code.jumpIfZero(WHICH);
        code.addConstant(WHICH, -1);
        code.jumpBack(loop);
        code.land(inReach);
        code.land(last);
        end(0);
        code.land(found);
    }

    private void endIfNothing() {
        int something = code.jumpIfNotZero(AT);
        end(0);
        code.land(something);
    }

    private void end(int result) {
        code.set(BpfCode.RESULT, result);
        code.exit();
    }

    private void endWithWhatWasRead() {
        code.move(BpfCode.RESULT, AT);
        code.exit();
    }

    private BpfProgram load() {
        return new BpfProgram(code, types, types.function(), SUBJECT);
    }
}
