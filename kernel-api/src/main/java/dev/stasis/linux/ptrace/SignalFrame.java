package dev.stasis.linux.ptrace;

import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.ptrace.Registers.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a signal frame that brings a thread back to where it was: what rt_sigreturn(2) reads.
 *
 * <p>Written before the first foreign call is made in a thread, so that the thread finds home by itself should this process
 * die in the middle: it finishes the call, returns into rt_sigreturn, and has its registers, signal mask and extended state
 * again. A call that was interrupted is set back to its instruction and made anew.
 */
final class SignalFrame {
    /** The red zone below the stack pointer, which belongs to the running function. */
    private static final int RED_ZONE = 128;
    private static final int EXTENDED_ALIGNMENT = 64;
    private static final int FRAME_BYTES = 440;
    /** Signal bits of the processor's flags: a step, a breakpoint, which a call of ours must not have. */
    private static final long TRAP_FLAGS = 0x10100;

    private static final int UC_STACK_FLAGS = 8 + 16 + 8;
    private static final int UC_MCONTEXT = 8 + 40;
    private static final int UC_SIGMASK = UC_MCONTEXT + 256;
    private static final long UC_FLAGS_SS = 2 | 4;
    private static final long UC_FLAGS_XSTATE_AND_SS = 1 | UC_FLAGS_SS;
    /** No valid mode, so the kernel leaves the thread's alternate stack as it is. */
    private static final int KEEP_ALTERNATE_STACK = 0x7f;

    private static final int SOFTWARE_BYTES = 464;
    private static final int MAGIC_1 = 0x46505853;
    private static final int MAGIC_2 = 0x46505845;
    private static final int STATES_IN_USE = 512;
    /** AMX tile data: the one component that a task must ask for; the others have a place in every task's state. */
    private static final long TILE_DATA = 1L << 18;
    private static final int TILE_DATA_OFFSET = 2816;

    private static final Name[] CONTEXT_ORDER = {
        Name.R8, Name.R9, Name.R10, Name.R11, Name.R12, Name.R13, Name.R14, Name.R15, Name.RDI, Name.RSI, Name.RBP,
        Name.RBX, Name.RDX, Name.RAX, Name.RCX, Name.RSP, Name.RIP, Name.EFLAGS,
    };

    private SignalFrame() {}

    /** How many bytes a frame needs for {@code extended}, alignment included. */
    static int size(byte[] extended) {
        return FRAME_BYTES + extendedSize(ByteBuffer.wrap(extended).order(ByteOrder.LITTLE_ENDIAN)) + 4 + 2 * EXTENDED_ALIGNMENT;
    }

    /** Room for tile data, more than all the rest, is left out where there are none. */
    private static int extendedSize(ByteBuffer extended) {
        return hasRoomAlone(extended) ? Math.min(extended.capacity(), TILE_DATA_OFFSET) : extended.capacity();
    }

    private static boolean hasRoomAlone(ByteBuffer extended) {
        return (extended.getLong(SOFTWARE_BYTES) & TILE_DATA) != 0 && (extended.getLong(STATES_IN_USE) & TILE_DATA) == 0;
    }

    /** Where a frame of {@code size} bytes may stand on the thread's own stack: below its red zone. */
    static RemoteAddress belowStack(Registers registers, int size) {
        return new RemoteAddress((registers.stack().value() - RED_ZONE - size) & -16L);
    }

    /**
     * The frame for {@code at}.
     *
     * @param restorer where execution goes when the frame is returned to like a signal handler's: mov $15,%eax; syscall
     */
    static byte[] build(RemoteAddress at, RemoteAddress restorer, Registers registers, long signalMask, byte[] extended) {
        ByteBuffer frame = ByteBuffer.allocate(size(extended)).order(ByteOrder.LITTLE_ENDIAN);
        int extendedOffset = (int) (((at.value() + FRAME_BYTES + EXTENDED_ALIGNMENT - 1) & -EXTENDED_ALIGNMENT) - at.value());
        frame.putLong(0, restorer.value());
        frame.putLong(8, UC_FLAGS_XSTATE_AND_SS);
        frame.putInt(UC_STACK_FLAGS, KEEP_ALTERNATE_STACK);
        putContext(frame, restartable(registers), at.value() + extendedOffset);
        frame.putLong(UC_SIGMASK, signalMask);
        putExtended(frame, extendedOffset, extended);
        return frame.array();
    }

    /** How many bytes a frame for a call takes. */
    static int callSize() {
        return (FRAME_BYTES + 15) & -16;
    }

    /**
     * A frame that does not lead home but to one more call, made with all signals blocked, after which the thread returns to
     * the frame at which the stack of {@code call} points.
     *
     * @param call registers for the call
     */
    static byte[] buildCall(RemoteAddress restorer, Registers call) {
        ByteBuffer frame = ByteBuffer.allocate(callSize()).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(0, restorer.value());
        frame.putLong(8, UC_FLAGS_SS);
        frame.putInt(UC_STACK_FLAGS, KEEP_ALTERNATE_STACK);
        putContext(frame, call.with(Name.EFLAGS, call.get(Name.EFLAGS) & ~TRAP_FLAGS), 0);
        frame.putLong(UC_SIGMASK, -1L);
        return frame.array();
    }

    private static void putContext(ByteBuffer frame, Registers registers, long extendedAddress) {
        int offset = UC_MCONTEXT;
        for (Name name : CONTEXT_ORDER) {
            frame.putLong(offset, registers.get(name));
            offset += Long.BYTES;
        }
        frame.putShort(offset, (short) registers.get(Name.CS));
        frame.putShort(offset + 2, (short) registers.get(Name.GS));
        frame.putShort(offset + 4, (short) registers.get(Name.FS));
        frame.putShort(offset + 6, (short) registers.get(Name.SS));
        frame.putLong(offset + 40, extendedAddress);
    }

    /**
     * The state as ptrace tells it has room for tile data, also when the task never asked for them. A frame that claims more
     * than the task's own state holds is read as if it had no vector registers at all, so it claims tile data only when
     * there are any.
     */
    private static void putExtended(ByteBuffer frame, int offset, byte[] extended) {
        ByteBuffer state = ByteBuffer.wrap(extended).order(ByteOrder.LITTLE_ENDIAN);
        int size = extendedSize(state);
        long features = state.getLong(SOFTWARE_BYTES) & (hasRoomAlone(state) ? ~TILE_DATA : -1L);
        frame.put(offset, extended, 0, size);
        frame.putInt(offset + SOFTWARE_BYTES, MAGIC_1);
        frame.putInt(offset + SOFTWARE_BYTES + 4, size + 4);
        frame.putLong(offset + SOFTWARE_BYTES + 8, features);
        frame.putInt(offset + SOFTWARE_BYTES + 16, size);
        frame.putInt(offset + size, MAGIC_2);
    }

    /** The kernel restarts an interrupted call by itself only in a stop of its own; here it is set back by hand. */
    private static Registers restartable(Registers registers) {
        if (registers.get(Name.ORIG_RAX) < 0) {
            return registers;
        }
        return switch ((int) registers.get(Name.RAX)) {
            case -512, -513, -514, -516 -> registers.with(Name.RAX, registers.get(Name.ORIG_RAX))
                    .with(Name.RIP, registers.get(Name.RIP) - 2);
            default -> registers;
        };
    }
}
