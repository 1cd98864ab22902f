package dev.stasis.spi;

/**
 * The number of an open file description in an image, the same for all descriptors that share it.
 *
 * @param number positive, unique in one image over all kinds
 */
public record OpenFileId(int number) {
    @Override
    public String toString() {
        return "id 0x" + Integer.toHexString(number);
    }
}
