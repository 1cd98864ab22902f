package dev.stasis.bench;

/** What the trials of one workload by one tool took. Times in microseconds, memory in bytes. */
final class Figures {
    private boolean failed;
    private final Samples dump = new Samples();
    private final Samples frozen = new Samples();
    private final Samples restore = new Samples();
    private final Samples restoreInside = new Samples();
    private final Samples peakMemory = new Samples();

    void add(Trial.Result result) {
        dump.add(result.dump().totalMicros());
        frozen.add(result.dump().insideMicros());
        restore.add(result.restore().totalMicros());
        restoreInside.add(result.restore().insideMicros());
        peakMemory.add(Math.max(result.dump().peakMemory(), result.restore().peakMemory()));
    }

    /** Takes note that the tool could not do it. */
    void fail() {
        failed = true;
    }

    boolean hasFailed() {
        return failed;
    }

    /** Whether there is anything to compare with. */
    boolean isKnown() {
        return !failed && dump.median() > 0;
    }

    long dump() {
        return dump.median();
    }

    long frozen() {
        return frozen.median();
    }

    long restore() {
        return restore.median();
    }

    long restoreInside() {
        return restoreInside.median();
    }

    long peakMemory() {
        return peakMemory.largest();
    }
}
