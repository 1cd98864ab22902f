package dev.stasis.plugins.inheritfd;

import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import java.util.ArrayList;
import java.util.List;

/** What the user may have meant by a key that no file answers to. */
final class NearMatches {
    private static final int SHOWN = 5;

    private NearMatches() {}

    /** Such as {@code the image has pipe:[17] held by fd 1 of task 4}. */
    static String text(Key key, List<FileRecord> records) {
        List<String> near = new ArrayList<>();
        for (FileRecord record : records) {
            Holder holder = descriptor(record);
            String name = holder == null ? null : name(key, record, holder);
            if (name != null) {
                near.add(name + " held by " + holder);
            }
        }
        if (near.isEmpty()) {
            return "the image has nothing like it; stasis inspect shows what it has";
        }
        StringBuilder text = new StringBuilder("the image has ");
        for (int i = 0; i < Math.min(SHOWN, near.size()); i++) {
            text.append(i == 0 ? "" : ", ").append(near.get(i));
        }
        return near.size() > SHOWN ? text.append(" and ").append(near.size() - SHOWN).append(" more").toString() : text.toString();
    }

    /** What {@code record} is called by keys of this form; null when it is not like what {@code key} asks for. */
    private static String name(Key key, FileRecord record, Holder holder) {
        String link = record.link().toString();
        if (key instanceof Key.Link wanted) {
            return link.startsWith(wanted.link().substring(0, wanted.link().indexOf('[') + 1)) ? link : null;
        }
        if (key instanceof Key.Path wanted) {
            return link.startsWith("/") && last(link).equals(last(wanted.path())) ? link : null;
        }
        if (key instanceof Key.Descriptor wanted) {
            return wanted.task() == holder.task().number() ? link : null;
        }
        if (key instanceof Key.Inode wanted) {
            return record.identity() != null && record.identity().inode().number() == wanted.inode()
                    ? "file[" + Long.toHexString(record.identity().mountId()) + ":" + Long.toHexString(wanted.inode()) + "]" : null;
        }
        if (key instanceof Key.Terminal) {
            boolean terminal = record.identity() != null && Fit.isTerminal(record.identity());
            return terminal ? "tty[" + Long.toHexString(record.identity().represents().userEncoding()) + ":"
                    + Long.toHexString(record.identity().inode().device().userEncoding()) + "]" : null;
        }
        return "id[0x" + Integer.toHexString(record.id().number()) + "] (" + link + ")";
    }

    private static String last(String path) {
        String bare = path.endsWith(" (deleted)") ? path.substring(0, path.length() - 10) : path;
        return bare.substring(bare.lastIndexOf('/') + 1);
    }

    /** The first descriptor that leads to {@code record}; null when only a mapping or directory does. */
    static Holder descriptor(FileRecord record) {
        for (Holder holder : record.holders()) {
            if (holder instanceof Holder.Descriptor) {
                return holder;
            }
        }
        return null;
    }
}
