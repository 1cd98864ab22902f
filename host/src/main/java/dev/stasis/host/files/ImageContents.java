package dev.stasis.host.files;

/**
 * What an image will hold of the contents of files that are not found by their path again.
 *
 * @param inodes how many such files there are
 * @param bytes of their contents
 * @param neededBytes of these, those that take room: where image and file can share their blocks they do not
 */
public record ImageContents(int inodes, long bytes, long neededBytes) {}
