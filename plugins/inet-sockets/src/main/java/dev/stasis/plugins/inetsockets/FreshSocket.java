package dev.stasis.plugins.inetsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.plugins.inetsockets.proto.socket_option;
import java.util.ArrayList;
import java.util.List;

/**
 * What a socket of some family, type and protocol is like on this machine when nobody has set anything: which options there are,
 * and their values. So a dump tells what was set, and a restore what is to be set.
 */
final class FreshSocket {
    private static final int KEY_MAX = 32;

    private final List<SocketOption> options = new ArrayList<>(112);
    private final SocketCalls calls;
    private final Interfaces interfaces;
    private final FileStatus status;
    private NativeMemory defaults;
    private ByteString fastOpenKey;

    private FreshSocket(SocketCalls calls, Interfaces interfaces, FileStatus status) {
        this.calls = calls;
        this.interfaces = interfaces;
        this.status = status;
    }

    /** Makes one to look at, and closes it again. */
    static FreshSocket of(int family, int type, int protocol, SocketCalls calls, Interfaces interfaces) {
        try (Fd socket = calls.create(family, type, protocol)) {
            FreshSocket fresh = new FreshSocket(calls, interfaces, FileCalls.status(socket));
            List<SocketOption> known = SocketOptions.of(family, protocol);
            fresh.defaults = NativeMemory.allocate(known.size() * SocketOption.SIZE_MAX);
            for (int i = 0; i < known.size(); i++) {
                fresh.look(socket, known.get(i));
            }
            int length = isTcp(protocol)
                    ? calls.tryRead(socket, SocketOptions.SOL_TCP, SocketOptions.TCP_FASTOPEN_KEY, KEY_MAX) : 0;
            fresh.fastOpenKey = ByteString.copyFrom(calls.memory().get(SocketCalls.VALUE, Math.max(0, length)));
            return fresh;
        }
    }

    private static boolean isTcp(int protocol) {
        return protocol == SocketOptions.SOL_TCP || protocol == SocketHead.MPTCP;
    }

    /** Kernels that do not have an option say so. */
    private void look(Fd socket, SocketOption option) {
        calls.memory().clear(SocketCalls.VALUE, SocketOption.SIZE_MAX);
        if (calls.tryRead(socket, option.level(), option.name(), option.size()) >= 0) {
            defaults.copy(options.size() * SocketOption.SIZE_MAX, calls.memory(), SocketCalls.VALUE, SocketOption.SIZE_MAX);
            options.add(option);
        }
    }

    /** Owner and mode of a socket that this process makes. */
    FileStatus status() {
        return status;
    }

    /** Adds all options of {@code socket} to {@code entry} that must be kept. */
    void keep(Fd socket, inet_sk_entry.Builder entry) {
        for (int i = 0; i < options.size(); i++) {
            keep(socket, options.get(i), i * SocketOption.SIZE_MAX, entry);
        }
        keepFastOpenKey(socket, entry);
    }

    /** Unless it is that of the machine. */
    private void keepFastOpenKey(Fd socket, inet_sk_entry.Builder entry) {
        int length = !isTcp(entry.getProto()) ? 0
                : calls.tryRead(socket, SocketOptions.SOL_TCP, SocketOptions.TCP_FASTOPEN_KEY, KEY_MAX);
        if (length > 0) {
            ByteString key = ByteString.copyFrom(calls.memory().get(SocketCalls.VALUE, length));
            if (!key.equals(fastOpenKey)) {
                entry.addOptions(socket_option.newBuilder().setLevel(SocketOptions.SOL_TCP)
                        .setName(SocketOptions.TCP_FASTOPEN_KEY).setValue(key));
            }
        }
    }

    private void keep(Fd socket, SocketOption option, int at, inet_sk_entry.Builder entry) {
        int length = calls.read(socket, option.level(), option.name(), option.size());
        boolean isDefault = calls.memory().isSame(SocketCalls.VALUE, defaults, at, length);
        int number = calls.memory().getInt(SocketCalls.VALUE);
        if (isDefault && option.value() != SocketOption.Value.ADMINISTERED || option.isComputed(number)) {
            return;
        }
        socket_option.Builder kept = socket_option.newBuilder().setLevel(option.level()).setName(option.name());
        if (option.isInterface() && number != 0) {
            kept.setIfname(interfaces.name(option.inOrder(number)));
        } else {
            kept.setValue(ByteString.copyFrom(calls.memory().get(SocketCalls.VALUE, length)));
        }
        entry.addOptions(kept);
    }

    /** The option {@code kept} as this kernel knows it; null when it is none of the table or the kernel does not have it. */
    SocketOption known(socket_option kept) {
        int at = indexOf(kept);
        return at < 0 ? null : options.get(at);
    }

    /** Whether a fresh socket has {@code kept} as it was. */
    boolean isDefault(socket_option kept) {
        int at = indexOf(kept);
        if (at < 0 || kept.hasIfname() || kept.getValue().size() > SocketOption.SIZE_MAX) {
            return false;
        }
        ByteString value = kept.getValue();
        for (int i = 0; i < value.size(); i++) {
            if (value.byteAt(i) != defaults.getByte(at * SocketOption.SIZE_MAX + i)) {
                return false;
            }
        }
        return true;
    }

    private int indexOf(socket_option kept) {
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).level() == kept.getLevel() && options.get(i).name() == kept.getName()) {
                return i;
            }
        }
        return -1;
    }
}
