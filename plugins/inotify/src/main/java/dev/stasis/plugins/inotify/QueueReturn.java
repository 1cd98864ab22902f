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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives a living instance its events back, in place.
 *
 * <p>While the queue is being built, what others do is lost on it. So a second instance on the same objects, the witness, sees
 * it meanwhile. A mark that both see, made in the scratch space, tells where one takes over from the other: up to it the
 * queue itself counts, from it on the witness. When the queue is built and the witness saw nothing since the mark, all is
 * well. Otherwise what it saw belongs behind the rest, and the queue is built again; who never stops is told of an overflow.
 */
final class QueueReturn {
    private static final int MOST_ROUNDS = 5;

    private final DumpedInstance instance;
    private final Fd descriptor;
    private final DumpContext context;
    private final EventQueue wanted;
    private final List<Watch> watches;

    QueueReturn(DumpedInstance instance, DumpContext context) {
        this.instance = instance;
        this.descriptor = instance.descriptor();
        this.context = context;
        this.wanted = instance.queue();
        this.watches = instance.watches();
    }

    /** Does it; the tree must stand still. */
    void run() {
        OpenFiles files = new OpenFiles() {
            @Override
            public Fd descriptor(OpenFileId id) {
                return ofTree(id);
            }
        };
        try (ScratchSpace space = ScratchSpace.create(); OpenTargets targets = OpenTargets.of(watches, files);
                Witness witness = Witness.create(watches, targets, space, context.log())) {
            witness.takeOver(descriptor, unused(), wanted);
            for (int round = 1; round <= MOST_ROUNDS; round++) {
                if (build(space, targets) && !happened(witness)) {
                    return;
                }
                if (round == MOST_ROUNDS - 1) {
                    wanted.appendOverflow();
                }
            }
            throw new StasisException(new Problem(InotifyErrorCode.QUEUE_NOT_REBUILT, instance.file().toString(),
                    "what is watched changes faster than its queue can be given back; it may lack events", ""));
        }
    }

    private boolean happened(Witness witness) {
        List<InotifyEvent> seen = witness.seen();
        wanted.append(seen);
        return !seen.isEmpty();
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
        int highest = instance.next() == null ? 0 : instance.next().number();
        for (int i = 0; i < wanted.events().size(); i++) {
            highest = Math.max(highest, wanted.events().get(i).watch().number());
        }
        int last = watches.isEmpty() ? 0 : watches.get(watches.size() - 1).mark().watch().number();
        return new WatchDescriptor(Math.max(highest, last) + 1);
    }

    /** Whether the queue is then as long as it should be: else something came between. */
    private boolean build(ScratchSpace space, OpenTargets targets) {
        LiveQueue.drain(descriptor);
        Set<WatchDescriptor> inTheWay = new HashSet<>();
        QueueBuilder builder = new QueueBuilder(descriptor, wanted.buildable(), space);
        for (int i = 0; i < wanted.events().size(); i++) {
            inTheWay.add(wanted.events().get(i).watch());
        }
        builder.build(wanted.events(), unused(), new Runnable() {
            @Override
            public void run() {
                for (WatchDescriptor watch : inTheWay) {
                    InotifyCalls.tryRemove(descriptor, watch);
                }
            }
        });
        for (int i = 0; i < watches.size(); i++) {
            if (inTheWay.contains(watches.get(i).mark().watch()) && targets.get(i) != null) {
                Watches.add(descriptor, watches.get(i), targets.get(i));
            }
        }
        InotifyCalls.next(descriptor, instance.next() == null ? unused() : instance.next());
        return builder.holds(wanted);
    }
}
