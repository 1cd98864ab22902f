package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Why a socket does not get its address, in words. */
final class AddressProblems {
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;
    private static final int ENETUNREACH = 101;
    private static final int EHOSTUNREACH = 113;
    /** Looking for who has a port takes milliseconds. */
    private static final int LOOKS = 16;

    private int looks;

    /** Throws {@link StasisException} unless {@code result}, of {@code call} with {@code address}, is good. */
    void require(int result, String call, Endpoint address, inet_sk_entry entry, String subject) {
        if (result < 0) {
            throw new StasisException(problem(new Errno(-result), call, address, entry, subject));
        }
    }

    private Problem problem(Errno errno, String call, Endpoint address, inet_sk_entry entry, String subject) {
        return switch (errno.number()) {
            case EADDRINUSE -> new Problem(InetErrorCode.PORT_TAKEN, subject, call + ": " + address + " is taken ("
                    + errno + ")" + holders(address, entry), "end who has it, or restore when it is free; what lingers goes within a minute");
            case EADDRNOTAVAIL -> new Problem(InetErrorCode.ADDRESS_MISSING, subject, call + ": this machine does not have the address "
                    + address + " (EADDRNOTAVAIL)", "add the address to an interface first (ip address add)");
            case ENETUNREACH, EHOSTUNREACH -> new Problem(InetErrorCode.PEER_UNREACHABLE, subject, call + ": no route leads to "
                    + address + " (" + errno + ")", "set up the network first");
            case 13 -> new Problem(InetErrorCode.PORT_PRIVILEGED, subject, call + ": " + address + " needs a privilege (EACCES)",
                    "restore with CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start");
            default -> throw new KernelException(call, address, errno);
        };
    }

    private String holders(Endpoint address, inet_sk_entry entry) {
        return looks++ >= LOOKS ? "" : ": " + PortHolders.of(entry.getProto(), address.port());
    }
}
