package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that wait for timers, or set them again and again, miss none. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProgramsWithTimerfdsSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 6);

    /** Python that makes timers: {@code timer(clock)}, {@code settime(fd, flags, value, interval)} in nanoseconds. */
    private static final String TIMERS = """
            def timer(clock, flags=0):
                return libc.timerfd_create(clock, flags)
            def settime(fd, flags, value, interval=0):
                at = struct.pack('qqqq', interval // 10**9, interval % 10**9, value // 10**9, value % 10**9)
                if libc.timerfd_settime(fd, flags, at, None) != 0: raise OSError(ctypes.get_errno(), 'timerfd_settime')
            def count(fd):
                return struct.unpack('Q', os.read(fd, 8))[0]
            """;

    @Test
    void threadsThatWaitGoOnWaiting(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(TIMERS + """
                one, other = timer(1), timer(7)
                settime(one, 0, 10**12); settime(other, 0, 10**12)
                def reader(): say('read', count(one))
                def poller():
                    poll = select.poll(); poll.register(other, select.POLLIN); say('polled', poll.poll())
                start(reader); start(poller)
                say('ready')
                await_file('go')
                settime(one, 0, 1); settime(other, 0, 1)
                signal.pause()
                """, SyscallNumber.READ, SyscallNumber.POLL);

        cycle.throughDeath(program);

        assertThat(cycle.said()).containsExactly("ready");
        cycle.give("go");
        cycle.awaitWord("read 1");
        cycle.awaitWord("polled [(4, 1)]");
    }

    /**
     * A timer that is set for the next moment whenever it has expired: if one expiry is lost, nothing comes after it. Each dump finds
     * it just set, about to expire, or expired and not read.
     */
    @Test
    void noExpiryIsLostWhereverADumpFindsIt(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(TIMERS + """
                import random
                progress = open('progress', 'r+b', buffering=0) if os.path.exists('progress') else open('progress', 'w+b', buffering=0)
                def busy(fd, place):
                    n = 0
                    while True:
                        settime(fd, 0, random.randrange(1, 200_000)); count(fd); n += 1
                        os.pwrite(progress.fileno(), struct.pack('Q', n), place)
                for i in range(4): threading.Thread(target=busy, args=(timer(1), 8 * i), daemon=True).start()
                say('ready')
                signal.pause()
                """);
        for (int round = 0; round < ROUNDS; round++) {
            long[] before = progress(sandbox);
            Await.until("all of them go on", () -> haveAllGoneOn(before, progress(sandbox)));
            Path image = cycle.dumpAndKill(program);
            program = cycle.restore(image);
            sandbox.path("image").toFile().renameTo(sandbox.path("image-" + round).toFile());
        }
        long[] before = progress(sandbox);
        Await.until("all of them go on", () -> haveAllGoneOn(before, progress(sandbox)));
    }

    private static long[] progress(Sandbox sandbox) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(sandbox.path("progress")))
                    .order(ByteOrder.LITTLE_ENDIAN);
            long[] progress = new long[4];
            for (int i = 0; i < 4 && bytes.remaining() >= 8; i++) {
                progress[i] = bytes.getLong();
            }
            return progress;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean haveAllGoneOn(long[] before, long[] now) {
        for (int i = 0; i < before.length; i++) {
            if (now[i] < before[i] + 2) {
                return false;
            }
        }
        return true;
    }

    @Test
    void thousandsComeBackEachWithItsOwn(Stasis stasis, Sandbox sandbox) {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(TIMERS + """
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
                many = [timer(1, 0o4000) for i in range(1000)]
                for i, fd in enumerate(many): settime(fd, 0, 1 if i % 3 == 0 else 10**12 * (i % 3), 0)
                say('ready')
                await_file('go')
                def left(fd):
                    now = ctypes.create_string_buffer(32)
                    libc.timerfd_gettime(fd, now); return struct.unpack('qqqq', now.raw)[2]
                say('as they were', all(count(fd) == 1 if i % 3 == 0 else 0 < left(fd) - 1000 * (i % 3 - 1) <= 1000
                                        for i, fd in enumerate(many)))
                signal.pause()
                """);

        cycle.throughDeath(program);

        cycle.give("go");
        cycle.awaitWord("as they were True");
    }
}
