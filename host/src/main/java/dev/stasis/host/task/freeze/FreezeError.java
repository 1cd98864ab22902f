package dev.stasis.host.task.freeze;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can stand in the way of freezing a tree. */
public enum FreezeError implements ErrorCode {
    NO_SUCH_PROCESS(ErrorType.USER),
    INIT_PROCESS(ErrorType.USER),
    NOT_A_PROCESS(ErrorType.USER),
    KERNEL_THREAD(ErrorType.USER),
    ENDED_PROCESS(ErrorType.USER),
    OWN_PROCESS(ErrorType.USER),
    OWN_ANCESTOR(ErrorType.USER),
    ALREADY_TRACED(ErrorType.USER),
    MISSING_CAPABILITY(ErrorType.ENVIRONMENT),
    DID_NOT_STOP(ErrorType.ENVIRONMENT),
    LEADER_ENDED(ErrorType.UNSUPPORTED),
    ENDED_MEANWHILE(ErrorType.USER),
    NO_CALL_SITE(ErrorType.UNSUPPORTED),
    NO_STACK_ROOM(ErrorType.UNSUPPORTED);

    private final ErrorType type;

    FreezeError(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
