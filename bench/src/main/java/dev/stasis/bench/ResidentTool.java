package dev.stasis.bench;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import java.nio.file.Path;
import java.util.List;

/** Stasis within this JVM, as those have it who embed it: started once, warmed up, then called again and again. */
final class ResidentTool implements Tool, AutoCloseable {
    private final Stasis stasis;

    /** Starts it with the plugins in {@code plugins}, and returns when it is warm. */
    ResidentTool(Path plugins) {
        this.stasis = Stasis.start(plugins, new Silence());
        stasis.warmUp();
    }

    @Override
    public String name() {
        return "stasis (warm)";
    }

    /** Those that need options are for the command line, which reads them. */
    @Override
    public boolean takes(Workload workload, Path scratch) {
        return workload.options(scratch).isEmpty();
    }

    @Override
    public Taken dump(Pid target, Path image, Path scratch, List<String> options) {
        long start = System.nanoTime();
        DumpReport report = stasis.dump(DumpRequest.of(target, image), Progress.NONE);
        return new Taken((System.nanoTime() - start) / 1_000, report.freezingMicros() + report.frozenMicros(), 0);
    }

    @Override
    public Taken restore(Path image, Path scratch, List<String> options) {
        long start = System.nanoTime();
        RestoreReport report = stasis.restore(RestoreRequest.of(image), Progress.NONE);
        return new Taken((System.nanoTime() - start) / 1_000, report.restoreMicros(), 0);
    }

    /** How long process {@code target}, which runs on, stood still for one more dump of it, in microseconds. */
    long frozenMicros(Pid target, Path image) {
        DumpReport report = stasis.dump(DumpRequest.of(target, image).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
        return report.freezingMicros() + report.frozenMicros();
    }

    @Override
    public void close() {
        stasis.close();
    }
}
