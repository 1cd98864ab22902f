package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.ProcFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the items of an instance from its fdinfo file, in the order of the kernel's own tree: of files, and for each of numbers.
 * A line is {@code tfd: NUMBER events: HEX data: HEX pos:NUMBER ino:HEX sdev:HEX}.
 */
final class ItemList {
    private static final int LONG = 1 << 13;

    private final byte[] text;
    private int at;

    private ItemList(byte[] text) {
        this.text = text;
    }

    /** The items of the instance behind {@code descriptor} of this process. */
    static List<EpollItem> read(Fd descriptor) {
        try (Fd info = FileCalls.open(UnixPath.of("/proc/self/fdinfo/" + descriptor.number()), OpenFlags.RDONLY, 0)) {
            return parse(ProcFile.readAll(info));
        }
    }

    /** Whether the instance of {@code descriptor} has more than some hundred items. */
    static boolean isLong(RemoteFd descriptor) {
        Optional<byte[]> info = ProcFile.tryRead(descriptor.task(), "fdinfo/" + descriptor.number());
        return info.isPresent() && info.get().length >= LONG;
    }

    /** The items in {@code fdinfo}; throws {@link IllegalArgumentException} for a line of an item that is not as they are. */
    static List<EpollItem> parse(byte[] fdinfo) {
        ItemList list = new ItemList(fdinfo);
        List<EpollItem> items = new ArrayList<>();
        while (list.at < fdinfo.length) {
            if (list.isAt("tfd:")) {
                items.add(list.item());
            }
            list.nextLine();
        }
        return items;
    }

    private EpollItem item() {
        int number = (int) value("tfd:", 10);
        int events = (int) value("events:", 16);
        long data = value("data:", 16);
        value("pos:", 10);
        long inode = value("ino:", 16);
        return new EpollItem(number, events, data, inode, (int) value("sdev:", 16));
    }

    private boolean isAt(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (at + i >= text.length || text[at + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long value(String name, int base) {
        skipBlanks();
        if (!isAt(name)) {
            throw malformed(name);
        }
        at += name.length();
        skipBlanks();
        boolean negative = at < text.length && text[at] == '-';
        at += negative ? 1 : 0;
        int start = at;
        long value = 0;
        for (int digit = digit(base); digit >= 0; digit = digit(base)) {
            value = value * base + digit;
            at++;
        }
        if (at == start) {
            throw malformed("a number behind " + name);
        }
        return negative ? -value : value;
    }

    /** The digit here; -1 when there is none. */
    private int digit(int base) {
        int c = at < text.length ? text[at] : -1;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        return digit < base ? digit : -1;
    }

    private void skipBlanks() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
    }

    private void nextLine() {
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        at++;
    }

    private IllegalArgumentException malformed(String wanted) {
        return new IllegalArgumentException("expected " + wanted + " at byte " + at + " of the fdinfo of an epoll instance");
    }
}
