package dev.stasis.linux.fs;

/** What an open file description allows its holders to do with the contents. */
public enum AccessMode {
    READ,
    WRITE,
    READ_WRITE,
    /** Opened with O_PATH: names the file, reads and writes nothing. */
    PATH;

    /** Whether contents may be read. */
    public boolean reads() {
        return this == READ || this == READ_WRITE;
    }

    /** Whether contents may be written. */
    public boolean writes() {
        return this == WRITE || this == READ_WRITE;
    }
}
