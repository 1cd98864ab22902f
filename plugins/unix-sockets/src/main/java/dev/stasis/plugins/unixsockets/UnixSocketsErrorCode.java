package dev.stasis.plugins.unixsockets;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with unix sockets. */
public enum UnixSocketsErrorCode implements ErrorCode {
    /** A socket led out of the tree, and nothing takes its place. */
    SOCKET_NOT_REPLACED(ErrorType.USER),
    /** The socket at the other end is replaced or missing. */
    PEER_MISSING(ErrorType.USER),
    /** Somebody else has the name of a socket. */
    NAME_TAKEN(ErrorType.ENVIRONMENT),
    /** Where the file of a socket was is no place for it any more. */
    PLACE_MISSING(ErrorType.ENVIRONMENT),
    /** Somebody has the number of the process that had connected or listened, and has ended. */
    PEER_NUMBER_TAKEN(ErrorType.ENVIRONMENT),
    /** The kernel does not list unix sockets. */
    SOCKETS_NOT_LISTED(ErrorType.ENVIRONMENT),
    /** What waits in a socket cannot be read whole without taking it out. */
    CONTENTS_NOT_READABLE(ErrorType.UNSUPPORTED),
    /** What waited in a socket does not fit into the new one. */
    CONTENTS_DO_NOT_FIT(ErrorType.ENVIRONMENT),
    /** The image lacks the file with what waits. */
    CONTENTS_MISSING(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    UnixSocketsErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
