package dev.stasis.bench;

import java.util.List;

/**
 * A program that holds regular files open, each a file of its own, at a position of its own.
 *
 * @param name what it goes by
 * @param files how many
 */
record FilesWorkload(String name, int files) implements Workload {
    private static final int OTHER_DESCRIPTORS = 50;

    @Override
    public List<String> command() {
        return limited(files, new PerlWorkload(name, preparation()).script());
    }

    /** Statements that open them. */
    String preparation() {
        return "for $i (1.." + files + ") { open($f, \"+>\", \"file$i\") or die; syswrite($f, \"x\" x $i);"
                + " sysseek($f, $i >> 1, 0); push @held, $f; undef $f }";
    }

    /** Perl running {@code script}, with room for {@code files} descriptors. */
    static List<String> limited(int files, String script) {
        return List.of("/bin/sh", "-c", "ulimit -n " + (files + OTHER_DESCRIPTORS) + " && exec /usr/bin/perl -e \"$1\"", "sh",
                script);
    }
}
