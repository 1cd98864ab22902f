package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The instances of one image, made one by one and filled together when the last is due. */
final class RestoredInstances {
    private static final UnixPath LIMIT = UnixPath.of("/proc/sys/fs/nr_open");
    private static final int LINE = 32;

    private final Map<OpenFileId, RestoredInstance> instances = new LinkedHashMap<>();
    private final Set<OpenFileId> due = new HashSet<>();
    private final Map<OpenFileId, FileRecord> records = new HashMap<>();
    private RestoreContext restore;
    private int limit;

    private void begin(RestoreContext context) {
        if (restore != context) {
            restore = context;
            instances.clear();
            due.clear();
            records.clear();
            for (int i = 0; i < context.records().size(); i++) {
                records.put(context.records().get(i).id(), context.records().get(i));
            }
        }
    }

    /** What is wrong with {@code record}. */
    List<Problem> plan(FileRecord record, RestoreContext context) {
        begin(context);
        InstanceEntry entry = InstanceEntry.of(record);
        for (int i = 0; i < entry.items().size(); i++) {
            if (!records.containsKey(entry.targets().get(i))) {
                throw InstanceEntry.malformed(record, "its " + entry.items().get(i) + " is on open file " + entry.targets().get(i)
                        + ", which the image does not have", null);
            }
        }
        return beyond(record, entry);
    }

    /** What is wrong with items whose number no process of this system may have. */
    private List<Problem> beyond(FileRecord record, InstanceEntry entry) {
        ItemNames beyond = new ItemNames();
        for (int i = 0; i < entry.items().size(); i++) {
            if (entry.items().get(i).number() >= limit()) {
                beyond.add(entry.items().get(i));
            }
        }
        return beyond.isEmpty() ? List.of() : List.of(new Problem(EpollErrorCode.ITEM_REFUSED, RestoredInstance.subject(record),
                "this system allows descriptors up to " + (limit() - 1) + ", which is less than that of its " + beyond,
                "raise fs.nr_open"));
    }

    private int limit() {
        if (limit == 0) {
            try (Fd file = FileCalls.open(LIMIT, OpenFlags.RDONLY, 0)) {
                limit = Integer.parseInt(new String(FileCalls.read(file, LINE), StandardCharsets.US_ASCII).strip());
            }
        }
        return limit;
    }

    /** Makes the instance of {@code record}, with those of its silent items whose files exist by now; the caller owns it. */
    Fd make(FileRecord record, RestoreContext context) {
        begin(context);
        RestoredInstance instance = new RestoredInstance(record, InstanceEntry.of(record), context, records);
        Fd file = instance.make();
        boolean done = false;
        try {
            new SilencedItems(instance, file, context).addAndNudge();
            done = true;
        } finally {
            if (!done) {
                file.close();
            }
        }
        instances.put(record.id(), instance);
        due.add(record.id());
        return file;
    }

    /** Takes {@code file} as the instance of {@code record}; with the last one, all get their items. */
    void fill(FileRecord record, Fd file, RestoreContext context) {
        instances.get(record.id()).file(file);
        due.remove(record.id());
        if (!due.isEmpty()) {
            return;
        }
        List<RestoredInstance> all = new ArrayList<>(instances.values());
        instances.clear();
        for (int i = 0; i < all.size(); i++) {
            new SilencedItems(all.get(i), all.get(i).file(), context).add();
        }
        AddedItems added = new AddedItems();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).addTo(added, false);
        }
        // Last: an instance that others are on is slower to add to.
        for (int i = 0; i < all.size(); i++) {
            all.get(i).addTo(added, true);
        }
        added.run();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).addSignals();
            all.get(i).verify();
        }
    }
}
