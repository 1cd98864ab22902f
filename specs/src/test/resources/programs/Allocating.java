import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;

/**
 * Allocates in four threads, so that garbage is collected all the time, and checks what it keeps: Allocating FOLDER. The main
 * thread writes a numbered line every two milliseconds. Ends well some collections after SIGUSR2.
 */
public final class Allocating {
    private static volatile boolean stopAsked;
    private static volatile boolean stopping;
    private static final AtomicReference<String> FAILURE = new AtomicReference<>();

    private record Block(byte[] bytes, long checksum) {
        static Block random(Random random) {
            byte[] bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            return new Block(bytes, sum(bytes));
        }

        static long sum(byte[] bytes) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            return crc.getValue();
        }

        boolean isSound() {
            return sum(bytes) == checksum;
        }
    }

    private static void allocate(int seed) {
        Random random = new Random(seed);
        Block[] kept = new Block[500];
        ThreadLocal<Integer> own = ThreadLocal.withInitial(() -> seed);
        own.get();
        while (!stopping) {
            for (int i = 0; i < 200; i++) {
                int slot = random.nextInt(kept.length);
                if (kept[slot] != null && !kept[slot].isSound() || own.get() != seed) {
                    FAILURE.compareAndSet(null, "thread " + seed + " found a changed block");
                }
                kept[slot] = Block.random(random);
            }
            rest();
        }
    }

    private static void rest() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long collections() {
        long count = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
        }
        return count;
    }

    public static void main(String[] arguments) throws Exception {
        String folder = arguments[0];
        try (RandomAccessFile verdict = new RandomAccessFile(folder + "/verdict", "rw");
                RandomAccessFile lines = new RandomAccessFile(folder + "/lines", "rw")) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                int seed = i;
                threads.add(new Thread(() -> allocate(seed), "allocating-" + i));
            }
            threads.forEach(Thread::start);
            sun.misc.Signal.handle(new sun.misc.Signal("USR2"), signal -> stopAsked = true);
            while (collections() < 2) {
                rest();
            }
            write(verdict, "started");
            writeLines(lines);
            for (Thread thread : threads) {
                thread.join();
            }
            write(verdict, FAILURE.get() == null ? "ok" : "failed: " + FAILURE.get());
        }
    }

    /** Goes on until it is told to stop, and then until garbage was collected five times more: collecting still works. */
    private static void writeLines(RandomAccessFile lines) throws IOException {
        long enough = Long.MAX_VALUE;
        for (int line = 0; collections() < enough; line++) {
            write(lines, Integer.toString(line));
            if (stopAsked && enough == Long.MAX_VALUE) {
                enough = collections() + 5;
            }
            rest();
        }
        stopping = true;
    }

    private static void write(RandomAccessFile file, String line) throws IOException {
        file.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
