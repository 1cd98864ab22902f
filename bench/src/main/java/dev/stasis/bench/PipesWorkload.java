package dev.stasis.bench;

import java.util.List;

/**
 * A program that holds both ends of pipes.
 *
 * @param name what it goes by
 * @param pipes how many
 * @param bytes in each of them
 */
record PipesWorkload(String name, int pipes, int bytes) implements Workload {
    private static final int OTHER_DESCRIPTORS = 50;

    @Override
    public List<String> command() {
        String preparation = "for $i (1.." + pipes + ") { pipe($r, $w) or die; syswrite($w, \"x\" x " + bytes + ") if " + bytes
                + "; push @held, $r, $w; undef $r; undef $w }";
        String script = new PerlWorkload(name, preparation).script();
        return List.of("/bin/sh", "-c", "ulimit -n " + (2 * pipes + OTHER_DESCRIPTORS) + " && exec /usr/bin/perl -e \"$1\"", "sh",
                script);
    }
}
