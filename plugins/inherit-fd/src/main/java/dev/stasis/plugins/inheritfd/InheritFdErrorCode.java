package dev.stasis.plugins.inheritfd;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with the descriptors that are to replace files. */
public enum InheritFdErrorCode implements ErrorCode {
    /** The option's value is not {@code fd[N]:KEY}. */
    MAPPING_MALFORMED(ErrorType.USER),
    /** No file of the image answers to the key. */
    KEY_UNKNOWN(ErrorType.USER),
    /** Two mappings are for one file. */
    FILE_NAMED_TWICE(ErrorType.USER),
    /** This process was not given such a descriptor. */
    DESCRIPTOR_CLOSED(ErrorType.USER),
    /** The descriptor is of another kind of file. */
    WRONG_KIND(ErrorType.USER),
    /** The descriptor does not allow what the file allowed. */
    WRONG_ACCESS(ErrorType.USER),
    /** One descriptor would stand for both ends of a pipe. */
    BOTH_ENDS(ErrorType.USER);

    private final ErrorType type;

    InheritFdErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
