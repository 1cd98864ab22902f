package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.SocketQueues;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what waits in sockets and leaves it there (MSG_PEEK). To see more than the first packet takes SO_PEEK_OFF, which belongs to
 * the socket: it is set, and set back, in one sequence that is made to its end even if we are killed meanwhile. A packet that is
 * longer than a slot is read in parts: the next look begins where the last one ended. To be closed.
 *
 * <p>Packets without bytes are seen only once, since the kernel marks them; so their number is compared with how many there are.
 */
final class QueueReader implements AutoCloseable {
    private static final int MSG_PEEK = 2;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int LOOK = MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT;
    private static final int SLOTS = 16;
    /** Of a slot: the header of the message, what it points at, then the bytes. */
    private static final int NAME = 56;
    private static final int NAME_LENGTH = 128;
    private static final int VECTOR = NAME + NAME_LENGTH;
    private static final int CONTROL = VECTOR + 16;
    /** Just what credentials take: where descriptors would fit, the kernel would hand them out. */
    private static final int CONTROL_LENGTH = 32;
    private static final int BYTES = 256;
    private static final int SLOT = 1 << 16;
    private static final int SCM_CREDENTIALS = 2;
    private static final int OFFSETS = SLOTS * SLOT;

    /**
     * A packet, or a part of a stream.
     *
     * @param bytes what is in it
     * @param sender name of the socket it came from; empty when that has none
     * @param credentials as they would be told with it; null when they would not
     */
    record Packet(byte[] bytes, byte[] sender, Credentials credentials) {}

    private final NativeMemory memory = NativeMemory.allocate(OFFSETS + 16);
    private Optional<SocketQueues> queues;

    /** All that waits in {@code socket}, which is {@code seen}. */
    List<Packet> read(SeenSocket seen, Fd socket, SocketOptions options) {
        KnownSocket known = seen.known;
        boolean stream = known.type() == UnixCalls.STREAM;
        boolean credentials = options.number(seen.options, known.type(), SocketOptions.SO_PASSCRED) != 0;
        int offset = (int) options.number(seen.options, known.type(), SocketOptions.SO_PEEK_OFF);
        long wanted = stream ? known.waiting() : length(seen, socket);
        List<Packet> packets = new ArrayList<>();
        if (wanted == 1 && !stream && offset < 0 && known.waiting() <= SLOT - BYTES || stream && !credentials && offset < 0) {
            readAtOnce(socket, stream ? known.waiting() : SLOT - BYTES, credentials, packets);
        } else {
            boolean readsEnd = known.type() == UnixCalls.SEQPACKET && (known.shutdown() & 1) != 0;
            readInParts(socket, stream, credentials, offset, wanted, packets);
            if (readsEnd && hasEmpty(packets)) {
                throw unreadable(seen, "its other end is closed, and among what waits in it are packets without bytes, which look the same",
                        "dump it when they are read");
            }
        }
        if (reached(packets, stream) != wanted) {
            throw unreadable(seen, reached(packets, stream) + " of the " + wanted + (stream ? " bytes" : " packets")
                    + " that wait in it can be seen: the others are empty and were looked at before", "dump it when they are read");
        }
        return packets;
    }

    private int length(SeenSocket seen, Fd socket) {
        if (queues == null) {
            queues = SocketQueues.tryOpen();
        }
        if (queues.isEmpty()) {
            throw unreadable(seen, "packets wait in it, and this kernel, or this process's privileges, do not let their number be found out"
                    + " (BTF, CAP_BPF)", "dump it when they are read");
        }
        return queues.get().length(socket);
    }

    private static StasisException unreadable(SeenSocket seen, String reason, String help) {
        return new StasisException(new Problem(UnixSocketsErrorCode.CONTENTS_NOT_READABLE, seen.file.toString(), reason, help));
    }

    private static long reached(List<Packet> packets, boolean stream) {
        long bytes = 0;
        for (int i = 0; stream && i < packets.size(); i++) {
            bytes += packets.get(i).bytes().length;
        }
        return stream ? bytes : packets.size();
    }

    /** With one call, which changes nothing. */
    private void readAtOnce(Fd socket, int length, boolean credentials, List<Packet> packets) {
        NativeMemory room = length <= SLOT - BYTES ? memory : NativeMemory.allocate(BYTES + length);
        prepare(room, 0, length, credentials);
        long read = SystemCalls.call("recvmsg", socket, SyscallNumber.RECVMSG, socket.number(), room.address(), LOOK);
        packets.add(new Packet(room.get(BYTES, (int) Math.min(read, length)), sender(room, 0), credentials(room, 0, credentials)));
    }

    private static void prepare(NativeMemory room, int at, int length, boolean credentials) {
        room.clear(at, BYTES);
        room.putLong(at, room.address() + at + NAME).putInt(at + 8, NAME_LENGTH);
        room.putLong(at + 16, room.address() + at + VECTOR).putLong(at + 24, 1);
        room.putLong(at + VECTOR, room.address() + at + BYTES).putLong(at + VECTOR + 8, length);
        if (credentials) {
            room.putLong(at + 32, room.address() + at + CONTROL).putLong(at + 40, CONTROL_LENGTH);
        }
    }

    private void readInParts(Fd socket, boolean stream, boolean credentials, int offset, long wanted, List<Packet> packets) {
        ByteArrayOutputStream begun = new ByteArrayOutputStream();
        long bytes = 0;
        boolean more = true;
        while (more && (begun.size() > 0 || reached(packets, stream) < wanted)) {
            List<CallSequence.Step> steps = look(socket, (int) bytes, offset, credentials);
            for (int i = 0; i < SLOTS && more && (begun.size() > 0 || reached(packets, stream) < wanted); i++) {
                more = steps.get(i).isDone() && (!stream || steps.get(i).result() > 0);
                if (more) {
                    bytes += take(i * SLOT, steps.get(i).result(), stream, credentials, begun, packets);
                }
            }
        }
    }

    private static boolean hasEmpty(List<Packet> packets) {
        for (int i = 0; i < packets.size(); i++) {
            if (packets.get(i).bytes().length == 0) {
                return true;
            }
        }
        return false;
    }

    private List<CallSequence.Step> look(Fd socket, int from, int offset, boolean credentials) {
        CallSequence sequence = new CallSequence();
        List<CallSequence.Step> steps = new ArrayList<>(SLOTS);
        memory.putInt(OFFSETS, from).putInt(OFFSETS + 4, offset);
        set(sequence, socket, OFFSETS);
        for (int i = 0; i < SLOTS; i++) {
            prepare(memory, i * SLOT, SLOT - BYTES, credentials);
            steps.add(sequence.call("recvmsg", socket, SyscallNumber.RECVMSG, socket, memory.address() + i * SLOT, LOOK).whatever());
        }
        CallSequence.Step back = set(sequence, socket, OFFSETS + 4);
        sequence.run();
        back.result();
        return steps;
    }

    private CallSequence.Step set(CallSequence sequence, Fd socket, int from) {
        return sequence.call("setsockopt SO_PEEK_OFF", socket, SyscallNumber.SETSOCKOPT, socket, UnixCalls.SOL_SOCKET,
                SocketOptions.SO_PEEK_OFF, memory.address() + from, Integer.BYTES);
    }

    /** Takes what was read to the slot at {@code at}; returns how many bytes that were. */
    private int take(int at, long result, boolean stream, boolean credentials, ByteArrayOutputStream begun, List<Packet> packets) {
        int length = (int) Math.min(result, SLOT - BYTES);
        byte[] bytes = memory.get(at + BYTES, length);
        boolean goesOn = !stream && result > SLOT - BYTES;
        if (goesOn || begun.size() > 0) {
            begun.writeBytes(bytes);
        }
        if (!goesOn) {
            byte[] all = begun.size() > 0 ? begun.toByteArray() : bytes;
            begun.reset();
            packets.add(new Packet(all, sender(memory, at), credentials(memory, at, credentials)));
        }
        return length;
    }

    private static byte[] sender(NativeMemory room, int at) {
        int length = room.getInt(at + 8);
        return length <= 2 ? new byte[0] : room.get(at + NAME + 2, Math.min(length, NAME_LENGTH) - 2);
    }

    /** Null where none are told, or none were kept. */
    private static Credentials credentials(NativeMemory room, int at, boolean asked) {
        if (!asked || room.getLong(at + 40) < 28 || room.getInt(at + CONTROL + 12) != SCM_CREDENTIALS) {
            return null;
        }
        int pid = room.getInt(at + CONTROL + 16);
        return pid == 0 ? null : new Credentials(pid, room.getInt(at + CONTROL + 20), room.getInt(at + CONTROL + 24), new int[0]);
    }

    @Override
    public void close() {
        if (queues != null && queues.isPresent()) {
            queues.get().close();
        }
        queues = null;
    }
}
