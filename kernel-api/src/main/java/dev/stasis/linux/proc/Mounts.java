package dev.stasis.linux.proc;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.UnixPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mounts that a process sees: /proc/PID/mountinfo. */
public record Mounts(List<MountEntry> entries) {
    public Mounts {
        entries = List.copyOf(entries);
    }

    /** The mounts that the bytes of mountinfo tell; throws {@link IllegalArgumentException} for bytes that are not it. */
    public static Mounts parse(byte[] bytes) {
        List<MountEntry> entries = new ArrayList<>();
        Cursor cursor = new Cursor(bytes);
        while (!cursor.atEnd()) {
            entries.add(entry(cursor));
            cursor.nextLine();
        }
        return new Mounts(entries);
    }

    /** The mount numbered {@code id}; empty when this process does not see it: another namespace's, or a detached one. */
    public Optional<MountEntry> byId(long id) {
        for (MountEntry entry : entries) {
            if (entry.id() == id) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    private static MountEntry entry(Cursor cursor) {
        long id = number(cursor);
        long parent = number(cursor);
        DeviceNumber device = device(cursor);
        UnixPath root = UnixPath.of(Cursor.unescape(word(cursor)));
        UnixPath mountPoint = UnixPath.of(Cursor.unescape(word(cursor)));
        String options = text(cursor);
        List<String> tags = tags(cursor);
        return new MountEntry(id, parent, device, root, mountPoint, options, tags, text(cursor), text(cursor), text(cursor));
    }

    private static List<String> tags(Cursor cursor) {
        List<String> tags = new ArrayList<>(2);
        while (!(cursor.peek() == '-' && cursor.peek(1) == ' ')) {
            if (cursor.atLineEnd()) {
                throw cursor.malformed("the separator -");
            }
            tags.add(text(cursor));
        }
        cursor.skip(2);
        return tags;
    }

    private static DeviceNumber device(Cursor cursor) {
        int major = (int) cursor.decimal();
        cursor.expect(':');
        return new DeviceNumber(major, (int) number(cursor));
    }

    private static long number(Cursor cursor) {
        long number = cursor.decimal();
        cursor.skipBlanks();
        return number;
    }

    /** One word; empty when two blanks follow each other, as with a source that has no name. */
    private static byte[] word(Cursor cursor) {
        byte[] word = cursor.word();
        if (!cursor.atLineEnd()) {
            cursor.skip(1);
        }
        return word;
    }

    private static String text(Cursor cursor) {
        return new String(Cursor.unescape(word(cursor)), StandardCharsets.UTF_8);
    }
}
