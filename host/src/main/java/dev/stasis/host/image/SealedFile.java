package dev.stasis.host.image;

/**
 * A file of an image as the seal tells of it.
 *
 * @param name its name in the directory
 * @param size in bytes
 * @param checksum CRC-32C of its bytes
 */
record SealedFile(String name, long size, int checksum) {}
