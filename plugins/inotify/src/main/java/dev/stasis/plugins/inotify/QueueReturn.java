package dev.stasis.plugins.inotify;

import dev.stasis.linux.Fd;
import dev.stasis.linux.notify.InotifyCalls;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.List;

/**
 * Gives a living instance its events back, in place.
 *
 * <p>While the queue is being built, what others do is lost on it. So a second instance on the same objects, the witness, sees
 * it meanwhile. A mark that both see, made in the scratch space, tells where one takes over from the other: up to it the
 * queue itself counts, from it on the witness. The way back needs no mark but steps that get shorter:
 * <ol>
 * <li>All watches are taken away, the queue is filled up with what belongs into it, and the watches are added again. It is
 * full, so what they see is dropped.
 * <li>What the witness saw is appended, for as long as it saw something: in each turn that is only what happened during the
 * turn before. There is room in the queue then, so watches that see anything go and come again; one that had seen nothing
 * until then may have put something into it, and then all is done once more.
 * <li>Once it saw nothing, what only filled the queue up is taken out. From the first one that is read the queue takes what
 * its own watches see.
 * <li>Did something happen between the last look and that read, it is missing, and then the witness has more than the queue
 * has got since: all is done once more.
 * </ol>
 *
 * <p>Who changes things faster than that can be followed is told of as an overflow at the end of the queue, on which programs
 * look again; it covers all that was missed.
 */
final class QueueReturn {
    private static final int MOST_ATTEMPTS = 6;
    private static final int MOST_TURNS = 300;
    private static final int MOST_LOOKS = 50;

    private final DumpedInstance instance;
    private final Fd descriptor;
    private final DumpContext context;
    private final EventQueue wanted;
    private final List<Watch> watches;
    /** How many events the instance takes; 0 as long as that is not known. */
    private int limit;
    private int failures;

    QueueReturn(DumpedInstance instance, DumpContext context) {
        this.instance = instance;
        this.descriptor = instance.descriptor();
        this.context = context;
        this.wanted = instance.queue();
        this.watches = instance.watches();
        this.limit = instance.limit();
    }

    /** Does it; the tree must stand still. */
    void run() {
        if (WatchLists.isAnyLost(instance.lasting())) {
            wanted.appendOverflow(); // what nothing leads to is not watched again either, and the program must know
        }
        OpenFiles files = new OpenFiles() {
            @Override
            public Fd descriptor(OpenFileId id) {
                return ofTree(id);
            }
        };
        try (ScratchSpace space = ScratchSpace.create(); OpenTargets targets = OpenTargets.of(watches, files);
                Witness witness = Witness.create(watches, targets, space, context.log())) {
            witness.takeOver(descriptor, unused(), wanted);
            LiveWatches live = new LiveWatches(descriptor, watches, targets, wanted.gone());
            for (int attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
                if (attempt(live, space, witness)) {
                    return;
                }
            }
            wanted.appendOverflow();
            attempt(live, space, witness);
        }
    }

    private Fd ofTree(OpenFileId id) {
        for (OpenFile file : context.files()) {
            if (file.id().equals(id)) {
                return context.descriptor(file);
            }
        }
        return null;
    }

    private WatchDescriptor unused() {
        return FreeNumbers.two(watches, wanted.events());
    }

    /** Whether the queue is then as it should be; it is when an overflow stands in it, which covers all that is missing. */
    private boolean attempt(LiveWatches live, ScratchSpace space, Witness witness) {
        live.removeAll();
        QueueLimit.discard(descriptor);
        limit = limit == 0 ? QueueLimit.measure(descriptor, unused(), space) : limit;
        wanted.makeBuildable(limit);
        QueueBuilder builder = new QueueBuilder(descriptor, limit, space, instance.sight());
        boolean marked = wanted.isOverflowed();
        builder.fill(wanted.events(), unused());
        if (!builder.isAsWanted()) {
            failed(live);
            return false;
        }
        live.addAll();
        boolean caughtUp = catchUp(builder, live, witness);
        if (caughtUp || marked) {
            builder.open();
        }
        InotifyCalls.next(descriptor, instance.next() == null ? unused() : instance.next());
        return marked || caughtUp && sawTheSame(live, witness);
    }

    /** What was made is not what was wanted. The next attempt finds out anew how many events the instance takes; after that one only tells of an overflow. */
    private void failed(LiveWatches live) {
        failures++;
        limit = 0;
        if (failures == 2) {
            context.log().warn(instance.file() + ": the events that waited in it cannot be made to happen again as they were;"
                    + " an overflow tells of them");
            wanted.replaceByOverflow();
        } else if (failures > 2) {
            live.addAll();
            throw new StasisException(new Problem(InotifyErrorCode.QUEUE_NOT_REBUILT, instance.file().toString(),
                    "what is in its queue is not what should be", ""));
        }
    }

    /** Appends what the witness saw until it saw nothing; false when that does not come to an end, or to one that fits. */
    private boolean catchUp(QueueBuilder builder, LiveWatches live, Witness witness) {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            if (!witness.hasSeen()) {
                return true;
            }
            int known = wanted.events().size();
            boolean overflowed = wanted.isOverflowed();
            wanted.append(witness.seen());
            List<InotifyEvent> more = wanted.events().subList(known, wanted.events().size());
            boolean disturbed = live.expect(more) && turn > 0;
            if (disturbed || wanted.isOverflowed() != overflowed || !builder.hasRoomFor(more.size())
                    || !EventKinds.canMakeAll(more)) {
                return false;
            }
            live.removeExpected();
            builder.append(more);
            live.addExpected();
        }
        wanted.appendOverflow();
        return false;
    }

    /** Whether the queue got from its own watches what the witness got: nothing was missed between two looks. */
    private boolean sawTheSame(LiveWatches live, Witness witness) {
        for (int i = 0; i < MOST_LOOKS; i++) {
            int own = InotifyCalls.pending(descriptor) - wanted.size();
            if (!witness.isThere() || own == witness.pending()) {
                return true;
            }
        }
        List<InotifyEvent> seen = witness.seen();
        live.expect(seen);
        wanted.append(seen);
        return false;
    }
}
