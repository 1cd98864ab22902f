package dev.stasis.bench;

import java.util.List;

/**
 * Holds files that were deleted.
 *
 * @param name what it goes by
 * @param count how many
 * @param size of each in bytes, all of it data
 */
record GhostsWorkload(String name, int count, int size) implements Workload {

    @Override
    public List<String> command() {
        return new PerlWorkload(name, "my @held; my $data = \"\\x5a\" x 65536; for my $i (1.." + count + ") {"
                + " open(my $file, '+>', \"ghost$i\") or die $!; for (my $left = " + size + "; $left > 0; $left -= 65536) {"
                + " syswrite($file, $data, $left < 65536 ? $left : 65536) or die $!; }"
                + " unlink(\"ghost$i\") or die $!; push @held, $file; }").command();
    }
}
