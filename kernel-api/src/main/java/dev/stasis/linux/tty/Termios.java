package dev.stasis.linux.tty;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The settings of a terminal, in the layout of the kernel's {@code struct termios2}: four words of flags, the line
 * discipline, 19 special characters, input and output speed. Immutable.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/TCSETS2.2const.html">TCSETS2(2const)</a>
 */
public final class Termios {
    /** Bytes of the structure. */
    public static final int SIZE = 44;
    /** Number of special characters. */
    public static final int CHARACTERS = 19;
    public static final int ICANON = 2;
    private static final int OPOST = 1;
    private static final int EXTPROC = 0x10000;
    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int LINE = 16;
    private static final int FIRST_CHARACTER = 17;
    private static final int SPEEDS = 36;
    private static final int VTIME = 5;
    private static final int VMIN = 6;
    private static final int VEOF = 4;

    private final byte[] bytes;

    private Termios(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The settings that {@code bytes}, {@link #SIZE} of them, are. */
    public static Termios of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a termios2 has " + SIZE + " bytes, not " + bytes.length);
        }
        return new Termios(bytes.clone());
    }

    /** Settings of these parts. */
    public static Termios of(int input, int output, int control, int local, int line, byte[] characters, int inputSpeed,
            int outputSpeed) {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(input).putInt(output).putInt(control).putInt(local).put((byte) line)
                .put(Arrays.copyOf(characters, CHARACTERS)).putInt(inputSpeed).putInt(outputSpeed);
        return new Termios(buffer.array());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** c_iflag. */
    public int input() {
        return word(INPUT);
    }

    /** c_oflag. */
    public int output() {
        return word(OUTPUT);
    }

    /** c_cflag. */
    public int control() {
        return word(CONTROL);
    }

    /** c_lflag. */
    public int local() {
        return word(LOCAL);
    }

    /** The line discipline as the structure tells it. */
    public int line() {
        return bytes[LINE] & 0xff;
    }

    /** c_cc. */
    public byte[] characters() {
        return Arrays.copyOfRange(bytes, FIRST_CHARACTER, FIRST_CHARACTER + CHARACTERS);
    }

    /** c_ispeed. */
    public int inputSpeed() {
        return word(SPEEDS);
    }

    /** c_ospeed. */
    public int outputSpeed() {
        return word(SPEEDS + 4);
    }

    /** Whether input comes by lines. */
    public boolean isCanonical() {
        return (local() & ICANON) != 0;
    }

    /** The same, with input that comes as it is and at once. */
    public Termios immediate() {
        Termios changed = with(LOCAL, local() & ~ICANON);
        changed.bytes[FIRST_CHARACTER + VMIN] = 0;
        changed.bytes[FIRST_CHARACTER + VTIME] = 0;
        return changed;
    }

    /** The same, with input that is taken as it is, without an echo and without special characters but {@code endOfFile}. */
    public Termios literal(byte endOfFile) {
        Termios changed = with(LOCAL, local() & (ICANON | EXTPROC)).with(INPUT, 0);
        Arrays.fill(changed.bytes, FIRST_CHARACTER, FIRST_CHARACTER + CHARACTERS, (byte) 0);
        changed.bytes[FIRST_CHARACTER + VEOF] = endOfFile;
        return changed;
    }

    /** The same, with output that goes out as it is. */
    public Termios withRawOutput() {
        return with(OUTPUT, output() & ~OPOST);
    }

    private Termios with(int offset, int value) {
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return new Termios(copy);
    }

    private int word(int offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Termios termios && Arrays.equals(bytes, termios.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "termios of input 0x" + Integer.toHexString(input()) + " output 0x" + Integer.toHexString(output()) + " control 0x"
                + Integer.toHexString(control()) + " local 0x" + Integer.toHexString(local());
    }
}
