package dev.stasis.host.state;

import dev.stasis.spi.OpenFileId;

/**
 * A task's place in the file system.
 *
 * @param currentDirectory the open file that stands for it
 * @param root the open file that stands for it
 * @param umask permission bits that new files do not get
 */
public record FileSystemState(OpenFileId currentDirectory, OpenFileId root, int umask) {}
