package dev.stasis.host.image;

import dev.stasis.host.image.proto.pstree_entry;
import dev.stasis.host.image.proto.seccomp_entry;
import java.util.List;

/** The image files of all tasks of a tree, read by two threads when there are many. */
final class RecordedTasks implements Runnable {
    /** With fewer, starting a thread takes longer than it saves. */
    private static final int MANY = 20;

    private final SealedImage image;
    private final List<pstree_entry> tree;
    private final seccomp_entry filters;
    private final RecordedTask[] tasks;
    private final Throwable[] failures;
    private int next;
    private boolean failed;

    private RecordedTasks(SealedImage image, List<pstree_entry> tree, seccomp_entry filters) {
        this.image = image;
        this.tree = tree;
        this.filters = filters;
        this.tasks = new RecordedTask[tree.size()];
        this.failures = new Throwable[tree.size()];
    }

    /** Those of {@code tree}, in its order; throws what is wrong with the first that cannot be read. */
    static List<RecordedTask> read(SealedImage image, List<pstree_entry> tree, seccomp_entry filters) {
        RecordedTasks reading = new RecordedTasks(image, tree, filters);
        if (tree.size() < MANY) {
            reading.run();
        } else {
            reading.runTwice();
        }
        for (Throwable failure : reading.failures) {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
        }
        return List.of(reading.tasks);
    }

    private void runTwice() {
        Thread second = new Thread(this, "stasis-reader");
        second.setDaemon(true);
        second.start();
        run();
        boolean interrupted = false;
        while (second.isAlive()) {
            try {
                second.join();
            } catch (InterruptedException e) {
                interrupted = true; // the image must not be closed before
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads one task after the other that nobody reads yet. */
    @Override
    public void run() {
        for (int i = take(); i >= 0; i = take()) {
            read(i);
        }
    }

    /** When one fails, those before it are taken already, so the first failure is found whoever meets it. */
    private synchronized int take() {
        return failed || next == tasks.length ? -1 : next++;
    }

    private void read(int i) {
        try {
            tasks[i] = RecordedTask.read(image, tree.get(i), filters);
        } catch (RuntimeException | Error e) {
            failures[i] = e;
            fail();
        }
    }

    private synchronized void fail() {
        failed = true;
    }
}
