package dev.stasis.linux;

/**
 * What tells one inode from every other while it lives: the device of its file system, and its number there.
 *
 * @param device the file system's device
 * @param number the inode number, unsigned
 */
public record InodeId(DeviceNumber device, long number) {
    @Override
    public String toString() {
        return device + ":" + Long.toUnsignedString(number);
    }
}
