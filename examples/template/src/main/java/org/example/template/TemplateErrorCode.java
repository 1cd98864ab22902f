package org.example.template;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can go wrong, each with a stable name. */
public enum TemplateErrorCode implements ErrorCode {
    /** The image cannot be read. */
    MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    TemplateErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
