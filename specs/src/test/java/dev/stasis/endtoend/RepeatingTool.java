package dev.stasis.endtoend;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.process.ChildCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.RecordingLog;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Dumps a process, or restores an image, over and over until it is killed:
 *
 * <pre>
 * dump PLUGINS PID DIRECTORY     leaves the process running; each image is removed again
 * once PLUGINS PID DIRECTORY     one dump that kills
 * restore PLUGINS IMAGE          the tree stays stopped; it is killed again
 * back PLUGINS IMAGE             one restore; the tree stays stopped, and the tool waits
 * run PLUGINS IMAGE              one restore; the tree runs, and the tool waits
 * </pre>
 */
public final class RepeatingTool {
    private static final int SIGKILL = 9;

    private RepeatingTool() {}

    public static void main(String[] arguments) throws Exception {
        RecordingLog log = new RecordingLog();
        try (Stasis stasis = Stasis.start(Path.of(arguments[1]), log)) {
            for (int round = 1; ; round++) {
                switch (arguments[0]) {
                    case "dump" -> dump(stasis, pid(arguments[2]), Path.of(arguments[3] + "-" + round));
                    case "once" -> stasis.dump(DumpRequest.of(pid(arguments[2]), Path.of(arguments[3])), Progress.NONE);
                    case "run" -> run(stasis, Path.of(arguments[2]));
                    case "back" -> bringBack(stasis, Path.of(arguments[2]));
                    default -> restore(stasis, Path.of(arguments[2]));
                }
                System.out.println("done " + round);
                if (arguments[0].equals("once")) {
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            e.printStackTrace(System.out);
            log.lines().forEach(System.out::println);
            System.exit(1);
        }
    }

    private static void dump(Stasis stasis, Pid pid, Path directory) throws IOException {
        stasis.dump(DumpRequest.of(pid, directory).then(Afterwards.LEAVE_RUNNING), Progress.NONE);
        for (File file : directory.toFile().listFiles()) {
            Files.delete(file.toPath());
        }
        Files.delete(directory);
    }

    private static void bringBack(Stasis stasis, Path image) throws InterruptedException {
        stopped(stasis, image);
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void run(Stasis stasis, Path image) throws InterruptedException {
        stasis.restore(RestoreRequest.of(image), Progress.NONE);
        Thread.sleep(Long.MAX_VALUE);
    }

    private static RestoreReport stopped(Stasis stasis, Path image) {
        return stasis.restore(
                new RestoreRequest(image, RestoreRequest.Afterwards.STAY_STOPPED, Map.of("take-changed-files", List.of(""))), Progress.NONE);
    }

    private static void restore(Stasis stasis, Path image) {
        RestoreReport report = stopped(stasis, image);
        try (Fd pidfd = ProcessCalls.pidfd(report.root())) {
            ProcessCalls.kill(report.root(), SIGKILL);
            ChildCalls.awaitEnd(pidfd, Program.LIMIT);
            ChildCalls.tryReap(pidfd);
        }
    }

    private static Pid pid(String text) {
        return new Pid(Integer.parseInt(text));
    }
}
