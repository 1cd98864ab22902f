package org.example.mqueue;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with message queues. */
public enum MqueueErrorCode implements ErrorCode {
    /** The kernel has none. */
    NO_QUEUES(ErrorType.ENVIRONMENT),
    /** Somebody waits for a message by mq_notify(3), which cannot be told from outside. */
    NOTIFICATION(ErrorType.UNSUPPORTED),
    /** Somebody outside the tree used the queue while it was read. */
    CHANGED_MEANWHILE(ErrorType.ENVIRONMENT),
    /** There is a queue of that name already, and it is not as the dump left it. */
    QUEUE_EXISTS(ErrorType.USER),
    /** The image lacks the file with a queue's messages. */
    MESSAGES_MISSING(ErrorType.USER),
    /** The image cannot be read. */
    MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    MqueueErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
