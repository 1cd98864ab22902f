package dev.stasis.plugins.detachedmounts;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes what is reached of each mount that goes into the image, once. */
final class KeptTrees {
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
        write(id, reached(mount, context), context);
        return id;
    }

    private static List<OpenFile> reached(long mount, DumpContext context) {
        List<OpenFile> reached = new ArrayList<>();
        for (int i = 0; i < context.files().size(); i++) {
            OpenFile file = context.files().get(i);
            if (file.status().mountId() == mount && !RootSearch.isDeleted(file.link())) {
                reached.add(file);
            }
        }
        return reached;
    }

    /** From a directory all of the mount can be reached, by way of ".."; without one only what is open. */
    private static void write(int id, List<OpenFile> reached, DumpContext context) {
        OpenFile directory = null;
        for (int i = 0; i < reached.size() && directory == null; i++) {
            directory = reached.get(i).status().type() == FileType.DIRECTORY ? reached.get(i) : null;
        }
        try (Fd image = context.image().create(KeptTree.name(id)); TreeWriter writer = new TreeWriter(image)) {
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
}
