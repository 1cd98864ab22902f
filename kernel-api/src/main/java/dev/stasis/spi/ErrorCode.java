package dev.stasis.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** A stable name for one thing that can go wrong. Each plugin has an enum of its own that implements it. */
@ConsumerType
public interface ErrorCode {

    /** The name, stable over versions, such as {@code FILE_CHANGED}. */
    String name();

    /** Whose matter it is. */
    ErrorType type();
}
