package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;

/**
 * One descriptor of this process and the files of the image that it is to replace.
 *
 * @param text what the user wrote
 * @param fd the descriptor, borrowed
 * @param key which files
 */
record Mapping(String text, Fd fd, Key key) {}
