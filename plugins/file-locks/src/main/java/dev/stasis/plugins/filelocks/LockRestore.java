package dev.stasis.plugins.filelocks;

import dev.stasis.linux.Pid;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.RestoreStage;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets locks again, as the last thing before the tasks run: any descriptor that a process closes later would take its POSIX
 * locks on that file away.
 */
final class LockRestore implements RestoreHook {

    @Override
    public RestoreStage stage() {
        return RestoreStage.RESUME;
    }

    @Override
    public List<Problem> plan(List<FileRecord> records, RestoreContext context) {
        List<SavedLock> locks = LockFile.read(context.image());
        if (locks.isEmpty()) {
            return List.of();
        }
        List<Problem> problems = new ArrayList<>();
        Rivals rivals = new Rivals(context);
        for (SavedLock lock : locks) {
            FileRecord record = record(lock, records);
            if (record == null) {
                problems.add(LockFile.malformed("it has a lock through fd " + lock.descriptor() + " of task " + lock.task()
                        + ", which is not open"));
            } else {
                rivals.check(lock, record, problems);
            }
        }
        return problems;
    }

    @Override
    public void run(List<FileRecord> records, RestoreContext context) {
        for (SavedLock lock : LockFile.read(context.image())) {
            FileRecord record = record(lock, records);
            if (record == null) {
                throw new StasisException(LockFile.malformed("it has a lock on a file that is not open"));
            }
            new LockCall(lock, subject(lock, record)).make(context);
        }
    }

    private static FileRecord record(SavedLock lock, List<FileRecord> records) {
        for (int i = 0; i < records.size(); i++) {
            for (Holder holder : records.get(i).holders()) {
                if (holder instanceof Holder.Descriptor descriptor && isMeant(descriptor.task(), descriptor.number(), lock)) {
                    return records.get(i);
                }
            }
        }
        return null;
    }

    private static boolean isMeant(Pid task, int number, SavedLock lock) {
        return number == lock.descriptor() && task.equals(lock.task());
    }

    /** For messages. */
    static String subject(SavedLock lock, FileRecord record) {
        return "fd " + lock.descriptor() + " of task " + lock.task() + " (" + record.link() + ")";
    }
}
