package dev.stasis.host.state;

import java.util.List;

/**
 * Shared anonymous memory: an object that mappings of several tasks may show.
 *
 * @param id the {@link Mapping#sharedObject()} of those mappings
 * @param size in bytes
 * @param runs its contents, by offset
 */
public record SharedMemory(long id, long size, List<PageRun> runs) {}
