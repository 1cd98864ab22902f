package dev.stasis.host.phase;

import dev.stasis.host.files.ImageContents;

/**
 * What a dump did, as stats-dump holds it.
 *
 * @param freezingMicros from the first request to stop until all stood still
 * @param frozenMicros from then until the tree was let go of or killed
 * @param memoryDumpMicros of these, how long memory took
 * @param memoryWriteMicros of these, how long writing it took
 * @param pagesScanned pages looked at
 * @param pagesWritten pages whose contents were kept
 * @param tasks processes
 * @param threads of all processes
 * @param files open files
 * @param contents what the image holds of the contents of deleted files
 */
public record DumpReport(
        long freezingMicros,
        long frozenMicros,
        long memoryDumpMicros,
        long memoryWriteMicros,
        long pagesScanned,
        long pagesWritten,
        int tasks,
        int threads,
        int files,
        ImageContents contents) {}
