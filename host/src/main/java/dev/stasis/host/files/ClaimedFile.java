package dev.stasis.host.files;

import dev.stasis.linux.UnixPath;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;

/**
 * An open file and all who see to it.
 *
 * @param file the file
 * @param kind who keeps it
 * @param path where it is found again; null when that does not matter
 * @param mountRemap who finds its mount again; null when the path leads there
 * @param pathRemap who finds it again below the mount; null when the path leads there
 */
record ClaimedFile(OpenFile file, FdKind kind, UnixPath path, MountRemap mountRemap, PathRemap pathRemap) {}
