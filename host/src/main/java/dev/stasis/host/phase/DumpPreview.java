package dev.stasis.host.phase;

import dev.stasis.host.files.ImageContents;
import dev.stasis.spi.Problem;
import java.util.List;
import java.util.Map;

/**
 * What a dump would do.
 *
 * @param tasks processes
 * @param threads of all processes
 * @param files open files
 * @param kinds how many of them each kind would keep, by its name
 * @param contents what the image would hold of the contents of deleted files
 * @param freeBytes where the image would be
 * @param frozenMicros how long the tree stood still for this look
 * @param problems all that stands in the way of a dump; none when it can be done
 */
public record DumpPreview(
        int tasks,
        int threads,
        int files,
        Map<String, Integer> kinds,
        ImageContents contents,
        long freeBytes,
        long frozenMicros,
        List<Problem> problems) {}
