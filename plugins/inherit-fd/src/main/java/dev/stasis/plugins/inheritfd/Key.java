package dev.stasis.plugins.inheritfd;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;

/** Which files of an image a mapping is for: all open files of an inode, or exactly one open file. */
sealed interface Key {

    /** Whether {@code record} is one of them. */
    boolean matches(FileRecord record);

    /** All open files that /proc shows as {@code link}, such as {@code pipe:[17]} or {@code socket:[17]}. */
    record Link(String link) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            return record.link().toString().equals(link);
        }
    }

    /** All open files of one path, with or without its leading slash. */
    record Path(String path) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            String known = record.location() == null ? record.link().toString() : record.location().path().toString();
            return known.equals(path) || known.length() == path.length() + 1 && known.startsWith("/") && known.endsWith(path);
        }
    }

    /** All open files of inode {@code inode} on mount {@code mount}. */
    record Inode(long mount, long inode) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            return record.identity() != null && record.identity().mountId() == mount
                    && record.identity().inode().number() == inode;
        }
    }

    /** All open files of the terminal {@code device}, whose node is on the file system {@code fileSystem} (0: any). */
    record Terminal(long device, long fileSystem) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            return record.identity() != null && record.identity().represents().userEncoding() == device
                    && (fileSystem == 0 || record.identity().inode().device().userEncoding() == fileSystem);
        }
    }

    /** The open file that descriptor {@code number} of process {@code task} refers to, with all who share it. */
    record Descriptor(int task, int number) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            for (Holder holder : record.holders()) {
                if (holder instanceof Holder.Descriptor one && one.task().number() == task && one.number() == number) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The open file of this number in the image. */
    record Id(int number) implements Key {
        @Override
        public boolean matches(FileRecord record) {
            return record.id().number() == number;
        }
    }

    /** What {@code text} means; anything that is none of the special forms is a path. Throws {@link NumberFormatException}. */
    static Key parse(String text) {
        if (text.startsWith("file[") || text.startsWith("tty[")) {
            int colon = text.indexOf(':');
            int end = text.length() - 1;
            if (colon < 0 || text.charAt(end) != ']') {
                throw new NumberFormatException("it should be two numbers in hexadecimal, such as file[1f:2a3]");
            }
            long first = Long.parseUnsignedLong(text.substring(text.indexOf('[') + 1, colon), 16);
            long second = Long.parseUnsignedLong(text.substring(colon + 1, end), 16);
            return text.startsWith("file[") ? new Inode(first, second) : new Terminal(first, second);
        }
        if (text.startsWith("id[0x") && text.endsWith("]")) {
            return new Id(Integer.parseInt(text.substring(5, text.length() - 1), 16));
        }
        if (text.endsWith("]") && text.contains(":[")) {
            return new Link(text);
        }
        int dot = text.indexOf('.');
        if (dot > 0 && isNumber(text.substring(0, dot)) && isNumber(text.substring(dot + 1))) {
            return new Descriptor(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
        }
        return new Path(text);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() < 10;
    }
}
