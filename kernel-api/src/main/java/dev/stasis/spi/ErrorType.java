package dev.stasis.spi;

/** Whose matter an error is. */
public enum ErrorType {
    /** The request was wrong; another request helps. */
    USER,
    /** What is asked for cannot be kept or made again by the plugins present. */
    UNSUPPORTED,
    /** The machine lacks something: space, a permission, a kernel feature. */
    ENVIRONMENT,
    /** A fault of Stasis or of a plugin. */
    INTERNAL
}
