package dev.stasis.host.state;

import dev.stasis.spi.OpenFileId;

/**
 * One entry of a descriptor table.
 *
 * @param number the descriptor
 * @param file the open file description it refers to
 * @param closeOnExec its one flag
 */
public record DescriptorEntry(int number, OpenFileId file, boolean closeOnExec) {}
