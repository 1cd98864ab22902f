package dev.stasis.bench;

import java.util.List;

/**
 * A program in perl, which every Debian has: a few megabytes, one thread.
 *
 * @param name what it goes by
 * @param preparation statements that bring it into its state
 */
record PerlWorkload(String name, String preparation) implements Workload {

    @Override
    public List<String> command() {
        return List.of("/usr/bin/perl", "-e", script());
    }

    String script() {
        return preparation + " $| = 1; print \"ready\\n\"; while (1) { sleep 1000 }";
    }
}
