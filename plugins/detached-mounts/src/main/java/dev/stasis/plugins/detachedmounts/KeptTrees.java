package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.notify.UnnoticedOpens;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes what is reached of each mount that goes into the image, once. */
final class KeptTrees {
    private static final UnixPath INOTIFY = UnixPath.of("anon_inode:inotify");
    private static final UnixPath FANOTIFY = UnixPath.of("anon_inode:[fanotify]");

    private final Map<Long, Integer> ids = new HashMap<>();
    private List<OpenFile> dump;

    /** The number in the image of what is reached of the mount of {@code file}; written now if it was not. */
    int idOf(OpenFile file, DumpContext context) {
        if (dump != context.files()) {
            ids.clear();
            dump = context.files();
        }
        Long mount = file.status().mountId();
        Integer known = ids.get(mount);
        if (known != null) {
            return known;
        }
        int id = ids.size() + 1;
        ids.put(mount, id);
        write(id, reached(mount, context.files()), context);
        return id;
    }

    /** Those of {@code files} that are on {@code mount} and have a name. */
    static List<OpenFile> reached(long mount, List<OpenFile> files) {
        List<OpenFile> reached = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            OpenFile file = files.get(i);
            if (file.status().mountId() == mount && !MountPaths.isDeleted(file.link())) {
                reached.add(file);
            }
        }
        return reached;
    }

    /** The first directory among {@code reached}; null when there is none. */
    static OpenFile directory(List<OpenFile> reached) {
        for (int i = 0; i < reached.size(); i++) {
            if (reached.get(i).status().type() == FileType.DIRECTORY) {
                return reached.get(i);
            }
        }
        return null;
    }

    /** From a directory all of the mount can be reached, by way of ".."; without one only what is open. */
    private static void write(int id, List<OpenFile> reached, DumpContext context) {
        OpenFile directory = directory(reached);
        try (Fd image = context.image().create(KeptTree.name(id)); UnnoticedOpens unnoticed = unnoticed(context.files());
                TreeWriter writer = new TreeWriter(image, unnoticed)) {
            if (directory != null) {
                writer.addAll(context.descriptor(directory));
            } else {
                for (int i = 0; i < reached.size(); i++) {
                    writer.add(reached.get(i).link(), context.descriptor(reached.get(i)));
                }
            }
            writer.write();
        }
    }

    /** Where the tree watches something, for reading so that it does not notice; null where it does not, or that is not to be had. */
    private static UnnoticedOpens unnoticed(List<OpenFile> files) {
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).link().equals(INOTIFY) || files.get(i).link().equals(FANOTIFY)) {
                return UnnoticedOpens.tryBegin().orElse(null);
            }
        }
        return null;
    }
}
