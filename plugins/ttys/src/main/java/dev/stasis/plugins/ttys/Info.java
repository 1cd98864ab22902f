package dev.stasis.plugins.ttys;

import com.google.protobuf.ByteString;
import dev.stasis.linux.tty.Termios;
import dev.stasis.linux.tty.WindowSize;
import dev.stasis.plugins.ttys.proto.termios_entry;
import dev.stasis.plugins.ttys.proto.tty_data_entry;
import dev.stasis.plugins.ttys.proto.stasis_typed_entry;
import dev.stasis.plugins.ttys.proto.winsize_entry;
import java.util.ArrayList;
import java.util.List;

/** Numbers of image entries, and settings as the image tells them. */
final class Info {
    /** Types of entries: a pty, /dev/tty, a terminal that is held outside of the tree. */
    static final int PTY = 1;
    static final int CONTROLLING = 4;
    static final int OUTER = 5;
    private static final int OUTER_IDS = 0x40000000;
    private static final int CONTROLLING_ID = 0x50000000;
    private static final int HUNG_UP_IDS = 0x60000000;

    private Info() {}

    static int master(int index) {
        return 2 * index + 1;
    }

    static int slave(int index) {
        return 2 * index;
    }

    static int outer(int device) {
        return OUTER_IDS | device & 0xfffffff;
    }

    static int controlling() {
        return CONTROLLING_ID;
    }

    static int hungUp(int file) {
        return HUNG_UP_IDS | file & 0xfffffff;
    }

    static termios_entry settings(Termios termios) {
        termios_entry.Builder entry = termios_entry.newBuilder().setCIflag(termios.input()).setCOflag(termios.output())
                .setCCflag(termios.control()).setCLflag(termios.local()).setCLine(termios.line())
                .setCIspeed(termios.inputSpeed()).setCOspeed(termios.outputSpeed());
        for (byte character : termios.characters()) {
            entry.addCCc(character & 0xff);
        }
        return entry.build();
    }

    static Termios settings(termios_entry entry) {
        byte[] characters = new byte[Termios.CHARACTERS];
        for (int i = 0; i < Math.min(characters.length, entry.getCCcCount()); i++) {
            characters[i] = (byte) entry.getCCc(i);
        }
        return Termios.of(entry.getCIflag(), entry.getCOflag(), entry.getCCflag(), entry.getCLflag(), entry.getCLine(),
                characters, entry.getCIspeed(), entry.getCOspeed());
    }

    static winsize_entry size(WindowSize size) {
        return winsize_entry.newBuilder().setWsRow(size.rows()).setWsCol(size.columns()).setWsXpixel(size.width())
                .setWsYpixel(size.height()).build();
    }

    static WindowSize size(winsize_entry entry) {
        return new WindowSize(entry.getWsRow(), entry.getWsCol(), entry.getWsXpixel(), entry.getWsYpixel());
    }

    static tty_data_entry output(int index, byte[] output) {
        return tty_data_entry.newBuilder().setTtyId(master(index)).setData(ByteString.copyFrom(output)).build();
    }

    static tty_data_entry input(int index, List<Typed> typed) {
        tty_data_entry.Builder entry = tty_data_entry.newBuilder().setTtyId(slave(index));
        ByteString all = ByteString.EMPTY;
        for (Typed piece : typed) {
            ByteString data = ByteString.copyFrom(piece.data());
            all = all.concat(data);
            entry.addStasisTyped(stasis_typed_entry.newBuilder().setData(data).setEndOfFile(piece.endOfFile()));
        }
        return entry.setData(all).build();
    }

    static List<Typed> input(tty_data_entry entry) {
        List<Typed> typed = new ArrayList<>();
        for (stasis_typed_entry piece : entry.getStasisTypedList()) {
            typed.add(new Typed(piece.getData().toByteArray(), piece.getEndOfFile()));
        }
        return typed;
    }
}
