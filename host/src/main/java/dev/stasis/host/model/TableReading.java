package dev.stasis.host.model;

import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.DescriptorStatus;
import dev.stasis.linux.fs.DescriptorTable;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads many descriptors of one task with two threads, each through a {@link DescriptorTable} of its own: the kernel's part
 * of the work is done side by side. Few descriptors are read by the calling thread alone.
 */
final class TableReading {
    private static final int WORTH_A_THREAD = 512;
    private static final int BATCH = 32;

    private final int[] numbers;
    private final DescriptorStatus[] read;
    private final AtomicInteger next = new AtomicInteger();
    private volatile RuntimeException failure;

    private TableReading(int[] numbers) {
        this.numbers = numbers;
        this.read = new DescriptorStatus[numbers.length];
    }

    /** What the descriptors {@code numbers} of {@code task} are, each in its place; null for those closed meanwhile. */
    static DescriptorStatus[] read(Pid task, DescriptorTable table, int[] numbers) {
        TableReading reading = new TableReading(numbers);
        if (numbers.length < WORTH_A_THREAD || Runtime.getRuntime().availableProcessors() < 2) {
            reading.readFrom(table);
        } else {
            reading.readWithHelp(task, table);
        }
        return reading.read;
    }

    private void readWithHelp(Pid task, DescriptorTable table) {
        Thread helper = new Thread(new Runnable() {
            @Override
            public void run() {
                help(task);
            }
        }, "descriptors");
        helper.setDaemon(true);
        helper.start();
        try {
            readFrom(table);
        } finally {
            join(helper);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void help(Pid task) {
        try {
            // The thread that traces keeps to one CPU, and its children with it, unless they say otherwise.
            ProcessCalls.affinity(ProcessCalls.selfThread(), ProcessCalls.affinity(ProcessCalls.self()));
            Optional<DescriptorTable> opened = DescriptorTable.tryOpen(task);
            if (opened.isPresent()) {
                try (DescriptorTable own = opened.get()) {
                    readFrom(own);
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void readFrom(DescriptorTable table) {
        for (int start = next.getAndAdd(BATCH); start < numbers.length; start = next.getAndAdd(BATCH)) {
            for (int i = start; i < Math.min(start + BATCH, numbers.length); i++) {
                read[i] = table.tryRead(numbers[i]).orElse(null);
            }
        }
    }

    private static void join(Thread helper) {
        boolean interrupted = false;
        while (helper.isAlive()) {
            try {
                helper.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
