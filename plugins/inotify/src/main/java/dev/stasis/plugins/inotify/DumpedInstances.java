package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The instances of the tree that is being dumped, from the freeze until it runs on or is killed. */
final class DumpedInstances {
    private static final UnixPath LINK = UnixPath.of("anon_inode:inotify");

    private final WatchLists lists = new WatchLists();
    private boolean expected;
    private final Map<OpenFileId, DumpedInstance> instances = new LinkedHashMap<>();
    private Namesakes namesakes;
    private ReadGhosts ghosts;

    static boolean isOne(OpenFile file) {
        return isOne(file.link()) && file.hasDescriptor();
    }

    static boolean isOne(UnixPath link) {
        return link.equals(LINK);
    }

    /** There will be instances: gets ready to look into their queues, which takes a while the first time. */
    void expect() {
        if (!expected) {
            expected = true;
            QueueSight.warmUp();
        }
    }

    /** Looks at the watches of {@code file} beforehand, without touching anything that may be watched. */
    void look(OpenFile file, ClaimContext context) {
        Policies.looksIntoQueues(context.options());
        if (!lists.knows(file)) {
            KnownWatches known = lists.of(file, context.files(), new ContextDescriptors(context), null, null);
            if (known.hasAliases() || WatchLists.isAnyLost(known.watches(context.files()))) {
                MarkSight.warmUp(context.options());
            }
        }
    }

    /** Reads all queues, first thing; then finds what is watched, and refuses by name what is not found. */
    void read(List<OpenFile> files, DumpContext context) {
        instances.clear();
        if (!isAny(files)) {
            return; // most trees have none, and stand still meanwhile: without the classes that are of no use to them
        }
        QueueSight sight = context.own(new QueueSight(context.options()));
        for (int i = 0; i < files.size(); i++) {
            if (isOne(files.get(i))) {
                DumpedInstance instance = new DumpedInstance(files.get(i), context.descriptor(files.get(i)), sight);
                instances.put(files.get(i).id(), instance);
                instance.look();
            }
        }
        findWatches(files, context);
        watchNamesakes(files, context);
    }

    private static boolean isAny(List<OpenFile> files) {
        for (int i = 0; i < files.size(); i++) {
            if (isOne(files.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** From here on others are watched; what is in the queues by then is none of what the tool will do. */
    private void watchNamesakes(List<OpenFile> files, DumpContext context) {
        Set<Long> watched = new HashSet<>();
        for (DumpedInstance instance : instances.values()) {
            Namesakes.addWatched(instance.watches(), watched);
        }
        namesakes = Namesakes.of(files, watched, context);
        ghosts = ReadGhosts.of(files, watched, context);
        for (DumpedInstance instance : instances.values()) {
            instance.look();
        }
    }

    private void findWatches(List<OpenFile> files, DumpContext context) {
        List<Problem> problems = new ArrayList<>();
        OwnSearch search = new OwnSearch();
        boolean searched = search(files, context, search);
        for (DumpedInstance instance : instances.values()) {
            if (searched) {
                instance.lookAfterSearch(search);
            }
            dropLost(instance, context, problems);
        }
        lists.clear();
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
    }

    /** Finds what all of them watch; whether it had to search. */
    private boolean search(List<OpenFile> files, DumpContext context, OwnSearch search) {
        boolean searched = false;
        Descriptors descriptors = new ContextDescriptors(context);
        try (search; MarkSight sight = new MarkSight(context.options())) {
            for (DumpedInstance instance : instances.values()) {
                instance.watches(lists.of(instance.file(), files, descriptors, sight, null), files);
                if (WatchLists.isAnyLost(instance.watches())) {
                    searched = true;
                    instance.watches(lists.of(instance.file(), files, descriptors, sight, search), files);
                }
            }
        }
        return searched;
    }

    private static void dropLost(DumpedInstance instance, DumpContext context, List<Problem> problems) {
        for (int i = 0; i < instance.watches().size(); i++) {
            Watch watch = instance.watches().get(i);
            if (!watch.target().found() && !Policies.dropsUnresolved(context.options())) {
                problems.add(Policies.lost(instance.file().toString(), watch.subject()));
            }
        }
    }

    /** The bytes that are kept of {@code file}, whose queue is read once more. */
    byte[] keep(OpenFile file, DumpContext context) {
        DumpedInstance instance = instances.get(file.id());
        instance.lookAtWhatOthersDid(context.files(), namesakes, ghosts);
        Timestamp seen;
        try (Fd probe = FileCalls.memfd("stasis-inotify")) {
            // Made just now: its time is what a file that is changed now would show.
            seen = FileCalls.status(probe).changed();
            instance.findNext(probe);
        }
        List<Watch> lasting = instance.lasting();
        List<Watch> found = found(lasting, context);
        byte[] encoded = found == instance.watches() ? instance.encodedWatches() : InstanceEntry.encode(file.id(), found);
        return new InstanceEntry(found, events(instance.queue(), found != lasting), instance.next(), seen, instance.limit()).encode(file, encoded);
    }

    /** What the image keeps of {@code queue}; that of the program that runs on, which has all its watches, stays as it is. */
    private static List<InotifyEvent> events(EventQueue queue, boolean isAnyLost) {
        if (!isAnyLost || queue.isOverflowed()) {
            return queue.events();
        }
        List<InotifyEvent> events = new ArrayList<>(queue.events());
        events.add(EventQueue.OVERFLOW);
        return events;
    }

    private static List<Watch> found(List<Watch> watches, DumpContext context) {
        if (!WatchLists.isAnyLost(watches)) {
            return watches;
        }
        List<Watch> found = new ArrayList<>();
        for (Watch watch : watches) {
            if (watch.target().found()) {
                found.add(watch);
            } else {
                context.log().warn("the image is without " + watch.subject() + ": it was not found again");
            }
        }
        return found;
    }

    /** Gives each program back what was taken from it. */
    void giveBack(DumpContext context) {
        try {
            for (DumpedInstance instance : instances.values()) {
                if (instance.isToGiveBack(namesakes)) {
                    new QueueReturn(instance, context).run();
                }
            }
        } finally {
            instances.clear();
        }
    }
}
