package dev.stasis.host.phase;

/** Someone who watches how far long work has come. Called from the working thread; must be quick. */
public interface Progress {
    /** Nobody watches. */
    Progress NONE = new Progress() {
        @Override
        public void begin(String work, long total) {}

        @Override
        public void advance(long amount) {}

        @Override
        public void end() {}
    };

    /** {@code work} begins, {@code total} units of it (bytes, files), 0 when not known. */
    void begin(String work, long total);

    /** {@code amount} units more are done. */
    void advance(long amount);

    /** The work that began last has ended. */
    void end();
}
