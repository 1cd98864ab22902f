package dev.stasis.plugins.epoll;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with epoll instances. */
public enum EpollErrorCode implements ErrorCode {
    /** An item is on a file that no descriptor of the tree refers to. */
    TARGET_NOT_HELD(ErrorType.USER),
    /** A process outside of the tree has the same instance open. */
    INSTANCE_SHARED_OUTSIDE(ErrorType.USER),
    /** The user has as many items as are allowed. */
    ITEMS_EXHAUSTED(ErrorType.ENVIRONMENT),
    /** The kernel does not take an item, or a setting, that another one had taken. */
    ITEM_REFUSED(ErrorType.ENVIRONMENT),
    /** An item that was added again is not what it was. */
    ITEM_NOT_KEPT(ErrorType.ENVIRONMENT),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    EpollErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
