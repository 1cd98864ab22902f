package dev.stasis.plugins.unixsockets;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.SocketCalls;
import dev.stasis.plugins.unixsockets.proto.option_entry;
import dev.stasis.plugins.unixsockets.proto.sk_opts_entry;
import dev.stasis.plugins.unixsockets.proto.unix_sk_entry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Socket options: those that can be set, by their numbers and as bytes, whatever they mean. @see socket(7) */
final class SocketOptions {
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_PASSCRED = 16;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_TIMESTAMP = 29;
    static final int SO_PASSSEC = 34;
    static final int SO_TIMESTAMPNS = 35;
    static final int SO_PEEK_OFF = 42;
    private static final int SO_LOCK_FILTER = 44;
    private static final int SO_TIMESTAMP_NEW = 63;
    private static final int SO_TIMESTAMPNS_NEW = 64;
    static final int SO_BUF_LOCK = 72;
    static final int SO_PASSPIDFD = 76;
    private static final int VALUE = 16;

    /** In the order in which they are set: what locks comes behind what it locks. */
    private static final int[] KEPT = {
        1, 2, 5, 6, SO_SNDBUF, SO_RCVBUF, SO_BUF_LOCK, 9, 10, 11, 12, 13, 15, SO_PASSCRED, 18, SO_RCVTIMEO, SO_SNDTIMEO, SO_TIMESTAMP,
        SO_PASSSEC, SO_TIMESTAMPNS, 36, 37, 40, SO_PEEK_OFF, 43, SO_LOCK_FILTER, 45, 46, 47, 61, SO_TIMESTAMP_NEW,
        SO_TIMESTAMPNS_NEW, 69, 75, SO_PASSPIDFD, 82, 83,
    };

    private final UnixCalls calls;
    /** By the type of the socket, what new ones have; null where there is no such option. */
    private final Map<Integer, Defaults> defaults = new HashMap<>();
    private final NativeMemory memory = NativeMemory.allocate(VALUE);

    SocketOptions(UnixCalls calls) {
        this.calls = calls;
    }

    /** The values of {@code socket}, of type {@code type}, in the order of KEPT; null where they are those of a new one. */
    byte[][] read(Fd socket, int type) {
        Defaults known = known(type);
        byte[][] values = new byte[KEPT.length][];
        for (int i = 0; i < KEPT.length; i++) {
            if (known.values[i] != null) {
                int length = SocketCalls.tryOption(socket, UnixCalls.SOL_SOCKET, KEPT[i], memory, 0, VALUE);
                if (length >= 0 && !known.isSame(i, memory, length)) {
                    values[i] = memory.get(0, length);
                }
            }
        }
        return values;
    }

    /** What new sockets of a type have. */
    private static final class Defaults {
        private final byte[][] values = new byte[KEPT.length][];
        private final NativeMemory memory = NativeMemory.allocate(KEPT.length * VALUE);

        boolean isSame(int option, NativeMemory other, int length) {
            return length == values[option].length && memory.isSame(option * VALUE, other, 0, length);
        }
    }

    private byte[][] defaults(int type) {
        return known(type).values;
    }

    private Defaults known(int type) {
        Defaults known = defaults.get(type);
        if (known == null) {
            known = new Defaults();
            try (Fd fresh = calls.socket(type)) {
                for (int i = 0; i < KEPT.length; i++) {
                    int length = SocketCalls.tryOption(fresh, UnixCalls.SOL_SOCKET, KEPT[i], known.memory, i * VALUE, VALUE);
                    known.values[i] = length < 0 ? null : known.memory.get(i * VALUE, length);
                }
            }
            defaults.put(type, known);
        }
        return known;
    }

    /** The value of {@code option} in {@code values}, of a socket of type {@code type}; 0 where there is no such option. */
    long number(byte[][] values, int type, int option) {
        for (int i = 0; i < KEPT.length; i++) {
            if (KEPT[i] == option) {
                byte[] value = values[i] != null ? values[i] : defaults(type)[i];
                return value == null ? 0 : number(value, 0, Integer.BYTES);
            }
        }
        throw new IllegalArgumentException("option " + option + " is not kept");
    }

    private static long number(byte[] value, int at, int length) {
        long number = 0;
        for (int i = Math.min(at + length, value.length) - 1; i >= at; i--) {
            number = number << 8 | value[i] & 0xff;
        }
        return length == Integer.BYTES ? (int) number : number;
    }

    /** Whether something is told with each packet that packets put back would not tell: when it was sent, or a security label. */
    boolean tellsMore(byte[][] values, int type) {
        for (int option : new int[] {SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW, SO_PASSSEC}) {
            if (number(values, type, option) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Puts {@code values} and {@code filter} into {@code entry}. */
    void write(byte[][] values, int type, long[] filter, unix_sk_entry.Builder entry) {
        sk_opts_entry.Builder options = sk_opts_entry.newBuilder()
                .setSoSndbuf((int) number(values, type, SO_SNDBUF))
                .setSoRcvbuf((int) number(values, type, SO_RCVBUF));
        byte[] sending = value(values, type, SO_SNDTIMEO);
        byte[] receiving = value(values, type, SO_RCVTIMEO);
        options.setSoSndTmoSec(number(sending, 0, 8)).setSoSndTmoUsec(number(sending, 8, 8));
        options.setSoRcvTmoSec(number(receiving, 0, 8)).setSoRcvTmoUsec(number(receiving, 8, 8));
        for (long instruction : filter) {
            options.addSoFilter(instruction);
        }
        entry.setOpts(options);
        for (int i = 0; i < KEPT.length; i++) {
            if (values[i] != null) {
                entry.addOptions(option_entry.newBuilder().setNumber(KEPT[i]).setValue(ByteString.copyFrom(values[i])));
            }
        }
    }

    private byte[] value(byte[][] values, int type, int option) {
        for (int i = 0; i < KEPT.length; i++) {
            if (KEPT[i] == option) {
                byte[] value = values[i] != null ? values[i] : defaults(type)[i];
                return value == null ? new byte[VALUE] : value;
            }
        }
        throw new IllegalArgumentException("option " + option + " is not kept");
    }

    /** Gives {@code socket} all options of {@code entry}, and its filter. */
    void set(Fd socket, unix_sk_entry entry) {
        sk_opts_entry options = entry.getOpts();
        setSize(socket, SO_SNDBUF, UnixCalls.SO_SNDBUFFORCE, options.getSoSndbuf());
        setSize(socket, SO_RCVBUF, UnixCalls.SO_RCVBUFFORCE, options.getSoRcvbuf());
        if (options.getSoFilterCount() > 0) {
            calls.filter(socket, filter(options.getSoFilterList()));
        }
        boolean locked = false;
        for (option_entry option : entry.getOptionsList()) {
            byte[] value = option.getValue().toByteArray();
            boolean size = option.getNumber() == SO_SNDBUF || option.getNumber() == SO_RCVBUF;
            locked |= option.getNumber() == SO_BUF_LOCK;
            if (!size && !calls.isOption(socket, option.getNumber(), value)) {
                calls.option(socket, option.getNumber(), value);
            }
        }
        // Setting a size also says that it was set.
        byte[] lock = locked ? null : calls.tryOption(socket, SO_BUF_LOCK, VALUE);
        if (lock != null && !Arrays.equals(lock, new byte[lock.length])) {
            calls.option(socket, SO_BUF_LOCK, new byte[lock.length]);
        }
    }

    private void setSize(Fd socket, int option, int forced, int size) {
        byte[] now = calls.tryOption(socket, option, Integer.BYTES);
        if (number(now, 0, Integer.BYTES) != size) {
            calls.option(socket, forced, size / 2);
        }
    }

    private static long[] filter(List<Long> instructions) {
        long[] filter = new long[instructions.size()];
        for (int i = 0; i < filter.length; i++) {
            filter[i] = instructions.get(i);
        }
        return filter;
    }
}
