package dev.stasis.plugins.ttys;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.linux.tty.TerminalCalls.Event;
import dev.stasis.linux.tty.Termios;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes what is on its way through a pty out of it, and puts it in. There is no way to look at it without taking it. All
 * writers and readers must stand still.
 */
final class Queues {
    private static final int CHUNK = 4096;
    /** So much the kernel keeps as typed; what is beyond waits as it came from the master. */
    private static final int KEPT = 4095;
    private static final byte END_OF_FILE = 4;

    private Queues() {}

    /** Takes all that the reader of {@code master} would get. */
    static byte[] takeOutput(Fd master) {
        boolean packet = TerminalCalls.isPacketMode(master);
        if (!TerminalCalls.has(master, Event.READABLE)) {
            return new byte[0];
        }
        if (packet) {
            TerminalCalls.packetMode(master, false);
        }
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        try {
            while (TerminalCalls.has(master, Event.READABLE) && TerminalCalls.readable(master) > 0) {
                taken.writeBytes(FileCalls.read(master, CHUNK));
            }
        } finally {
            if (packet) {
                TerminalCalls.packetMode(master, true);
            }
        }
        return taken.toByteArray();
    }

    /**
     * Takes all that was typed and not yet read by the readers of {@code slave}. Where input comes by lines, the last one may
     * be unfinished, and only another mode shows that.
     */
    static List<Typed> takeInput(Fd slave) {
        Termios settings = TerminalCalls.settings(slave);
        List<Typed> typed = new ArrayList<>();
        if (settings.isCanonical()) {
            while (TerminalCalls.has(slave, Event.READABLE)) {
                byte[] line = FileCalls.read(slave, CHUNK);
                typed.add(new Typed(line, !endsLine(line, settings)));
            }
        } else if (!TerminalCalls.has(slave, Event.READABLE) && TerminalCalls.readable(slave) == 0) {
            return typed;
        }
        TerminalCalls.settings(slave, settings.immediate());
        try {
            byte[] rest = takeRest(slave);
            if (rest.length > 0) {
                typed.add(new Typed(rest, false));
            }
        } finally {
            TerminalCalls.settings(slave, settings);
        }
        return typed;
    }

    private static byte[] takeRest(Fd slave) {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        while (TerminalCalls.has(slave, Event.READABLE) && TerminalCalls.readable(slave) > 0) {
            taken.writeBytes(FileCalls.read(slave, CHUNK));
        }
        return taken.toByteArray();
    }

    private static boolean endsLine(byte[] line, Termios settings) {
        if (line.length == 0) {
            return false;
        }
        byte last = line[line.length - 1];
        byte[] characters = settings.characters();
        return last == '\n' || last != 0 && (last == characters[11] || last == characters[16]); // VEOL, VEOL2
    }

    /** Lets the reader of the master get {@code output}, written to {@code slave}, which must be open for writing. */
    static void putOutput(Fd slave, byte[] output) {
        if (output.length == 0) {
            return;
        }
        Termios settings = TerminalCalls.settings(slave);
        OpenFlags flags = FileCalls.flags(slave);
        TerminalCalls.settings(slave, settings.withRawOutput());
        FileCalls.flags(slave, flags.with(OpenFlags.NONBLOCK));
        try {
            write(slave, output);
        } finally {
            FileCalls.flags(slave, flags);
            TerminalCalls.settings(slave, settings);
        }
    }

    /** Output that is held back (Ctrl-S) would take nothing: it is let through for the while. */
    private static void write(Fd slave, byte[] output) {
        try {
            FileCalls.write(slave, output);
        } catch (KernelException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            TerminalCalls.flow(slave, true);
            FileCalls.write(slave, output);
            TerminalCalls.flow(slave, false);
        }
    }

    /** Types {@code typed} into {@code slave}, without an echo and without its special characters doing anything. */
    static void putInput(Fd master, Fd slave, List<Typed> typed) {
        if (typed.isEmpty()) {
            return;
        }
        Termios settings = TerminalCalls.settings(slave);
        byte[] beyond = new byte[0];
        int count = 0;
        try {
            for (Typed piece : typed) {
                byte end = piece.endOfFile() ? freeByte(piece.data()) : 0;
                TerminalCalls.settings(slave, settings.literal(end));
                int fitting = Math.min(piece.data().length, KEPT - count);
                for (int i = 0; i < fitting; i++) {
                    TerminalCalls.type(slave, piece.data()[i]);
                }
                count += fitting;
                if (fitting < piece.data().length) {
                    int before = beyond.length;
                    int more = piece.data().length - fitting;
                    beyond = Arrays.copyOf(beyond, before + more);
                    System.arraycopy(piece.data(), fitting, beyond, before, more);
                } else if (piece.endOfFile()) {
                    TerminalCalls.type(slave, end);
                    count++;
                }
            }
        } finally {
            TerminalCalls.settings(slave, settings);
        }
        if (beyond.length > 0) {
            FileCalls.write(master, beyond);
        }
    }

    /** A byte that is not in {@code data}, to stand for the end of file. */
    private static byte freeByte(byte[] data) {
        byte candidate = END_OF_FILE;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == candidate) {
                candidate++;
                i = -1;
            }
        }
        return candidate;
    }
}
