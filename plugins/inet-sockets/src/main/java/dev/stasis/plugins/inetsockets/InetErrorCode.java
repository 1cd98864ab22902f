package dev.stasis.plugins.inetsockets;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What can be wrong with sockets of IPv4 and IPv6. */
public enum InetErrorCode implements ErrorCode {
    /** Somebody else has the port. */
    PORT_TAKEN(ErrorType.USER),
    /** A port below net.ipv4.ip_unprivileged_port_start needs CAP_NET_BIND_SERVICE. */
    PORT_PRIVILEGED(ErrorType.ENVIRONMENT),
    /** This machine does not have the address. */
    ADDRESS_MISSING(ErrorType.ENVIRONMENT),
    /** This machine does not have the network interface. */
    INTERFACE_MISSING(ErrorType.ENVIRONMENT),
    /** No route leads to the peer of a connected UDP socket. */
    PEER_UNREACHABLE(ErrorType.ENVIRONMENT),
    /** The kernel does not take the value of an option. */
    OPTION_NOT_SET(ErrorType.ENVIRONMENT),
    /** The kernel does not make such sockets. */
    PROTOCOL_MISSING(ErrorType.ENVIRONMENT),
    /** A process outside of the tree has the same open file. */
    SOCKET_SHARED_OUTSIDE(ErrorType.USER),
    /** It was dumped as external, and nothing takes its place. */
    SOCKET_NOT_REPLACED(ErrorType.USER),
    /** The image's entry cannot be read. */
    ENTRY_MALFORMED(ErrorType.INTERNAL);

    private final ErrorType type;

    InetErrorCode(ErrorType type) {
        this.type = type;
    }

    @Override
    public ErrorType type() {
        return type;
    }
}
