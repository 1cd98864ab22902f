package dev.stasis.plugins.epoll;

import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;

/** The instances of the tree that is being dumped. */
final class DumpedInstances {
    private static final String LOST_HELP = "whoever has that file must be dumped too, or the item removed (EPOLL_CTL_DEL)";

    private static final String SIGNALS_HELP = "close what has that number, or remove the item (EPOLL_CTL_DEL)";

    private final Map<OpenFileId, DumpedInstance> instances = new HashMap<>();
    private HeldFiles held;

    /** Whether {@code file} can be kept, as far as can be told of a tree that may be running. */
    Claim claim(OpenFile file, ClaimContext context) {
        DumpedInstance instance = look(file, context);
        String lost = lost(instance);
        if (!lost.isEmpty()) {
            return Claim.refuse(Claim.Fit.TYPE, lost, LOST_HELP);
        }
        String signals = crowded(instance);
        if (!signals.isEmpty()) {
            return Claim.refuse(Claim.Fit.TYPE, signals, SIGNALS_HELP);
        }
        String silent = SilentItems.reason(instance, context);
        return silent.isEmpty() ? Claim.take(Claim.Fit.TYPE) : Claim.refuse(Claim.Fit.TYPE, silent, SilentItems.HELP);
    }

    private DumpedInstance look(OpenFile file, ClaimContext context) {
        if (held == null || held.files() != context.files()) {
            held = new HeldFiles(context.files());
            instances.clear();
        }
        DumpedInstance instance = DumpedInstance.look(file, context.descriptor(file), held);
        instances.put(file.id(), instance);
        return instance;
    }

    /** The bytes that are kept of {@code file}, which was claimed. */
    byte[] keep(OpenFile file, DumpContext context) {
        DumpedInstance instance = instances.remove(file.id());
        if (instance == null) {
            instance = look(file, context);
        }
        instance.ascertain();
        String lost = lost(instance);
        if (!lost.isEmpty()) {
            throw new StasisException(new Problem(EpollErrorCode.TARGET_NOT_HELD, file.toString(), lost, LOST_HELP));
        }
        return InstanceEntry.encode(instance, BusyPoll.of(instance.descriptor()));
    }

    /** What is wrong with items on signalfds, which a process must add that has both, under a number that it can use. */
    private String crowded(DumpedInstance instance) {
        ItemNames crowded = new ItemNames();
        for (int i = 0; i < instance.items().size(); i++) {
            OpenFile target = instance.target(i);
            if (SilentItems.isSignals(target.link()) && !held.hasRoom(instance.file(), target, instance.items().get(i).number())) {
                crowded.add(instance.items().get(i));
            }
        }
        return crowded.isEmpty() ? "" : "another file has the number now, in the process that has both this and the signalfd, of the "
                + crowded;
    }

    /** What is wrong with items of {@code instance} whose file nobody in the tree has; empty when nothing is. */
    private static String lost(DumpedInstance instance) {
        ItemNames lost = new ItemNames();
        for (int i = 0; i < instance.items().size(); i++) {
            if (instance.target(i) == null) {
                lost.add(instance.items().get(i));
            }
        }
        return lost.isEmpty() ? "" : "no descriptor of the tree refers to the file of its " + lost;
    }
}
