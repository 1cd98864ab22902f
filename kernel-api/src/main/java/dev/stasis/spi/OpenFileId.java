package dev.stasis.spi;

/**
 * The number of an open file description in an image, the same for all descriptors that share it.
 *
 * @param number positive, unique in one image over all kinds
 */
public record OpenFileId(int number) {
    // By hand: what the compiler generates for a record starts up method handles, 5 ms of a cold start.

    @Override
    public boolean equals(Object other) {
        return other instanceof OpenFileId id && number == id.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return "id 0x" + Integer.toHexString(number);
    }
}
