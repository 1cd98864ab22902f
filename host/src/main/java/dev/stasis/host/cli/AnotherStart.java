package dev.stasis.host.cli;

import dev.stasis.host.phase.Restore;
import dev.stasis.host.task.rebirth.RebirthError;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.process.ProgramCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts this tool again in its own place when its threads have task numbers that a tree needs, which is the rule rather than
 * the exception in a young pid namespace: a JVM has a dozen threads. The new start's threads get numbers out of the way.
 */
final class AnotherStart {
    /** In the environment of the second start: there is no third. */
    private static final String MARK = "STASIS_STARTED_AGAIN";

    private AnotherStart() {}

    /** Does not return if {@code failure} of a restore of {@code image} came of nothing but our own numbers. */
    static void ifItHelps(StasisException failure, Path image, Session session) {
        if (System.getenv(MARK) != null || !comesOfOurNumbers(failure)) {
            return;
        }
        try {
            Restore.avoidNumbers(image);
            session.log().info("starting again: threads of this program have numbers that the tree needs");
            session.log().flush();
            start();
        } catch (KernelException | StasisException e) {
            session.log().info("no other start is possible: " + e.getMessage());
        }
    }

    /** Our main thread's number stays the same over a start in the same place. */
    private static boolean comesOfOurNumbers(StasisException failure) {
        for (Problem problem : failure.problems()) {
            if (problem.code() != RebirthError.PID_IS_OURS) {
                return false;
            }
        }
        return true;
    }

    private static void start() {
        List<byte[]> environment = texts("environ");
        environment.add((MARK + "=1").getBytes(StandardCharsets.US_ASCII));
        UnixPath program = FileCalls.readLink(UnixPath.of("/proc/self/exe"));
        throw ProgramCalls.replaceSelf(program, texts("cmdline"), environment);
    }

    private static List<byte[]> texts(String file) {
        byte[] all = ProcFile.read(ProcessCalls.self(), file);
        List<byte[]> texts = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                texts.add(Arrays.copyOfRange(all, begin, i));
                begin = i + 1;
            }
        }
        return texts;
    }
}
