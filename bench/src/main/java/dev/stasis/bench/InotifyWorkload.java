package dev.stasis.bench;

import java.util.List;

/**
 * A program that watches directories of its own, with some events that wait.
 *
 * @param name what it goes by
 * @param instances how many inotify instances
 * @param watches how many each of them has
 * @param events how many events wait in the first
 */
record InotifyWorkload(String name, int instances, int watches, int events) implements Workload {
    private static final int CREATE = 0x100;
    private static final int DELETE = 0x200;

    @Override
    public List<String> command() {
        String preparation = "for $i (1.." + watches + ") { mkdir \"d$i\" }"
                + " for $j (1.." + instances + ") { $fd = syscall(294, 0); die if $fd < 0;"
                + " for $i (1.." + watches + ") { $p = \"d$i\"; die if syscall(254, $fd, $p, $j == 1 ? " + CREATE + " : " + DELETE + ") < 0 } }"
                + " for $i (1.." + events + ") { open($f, \">\", \"d1/f$i\") or die; close $f }";
        return new PerlWorkload(name, preparation).command();
    }
}
