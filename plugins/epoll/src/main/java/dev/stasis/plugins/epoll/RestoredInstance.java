package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** An instance on its way back, and which of its items it has already. */
final class RestoredInstance {
    private static final Comparator<EpollItem> BY_NUMBER = new Comparator<EpollItem>() {
        @Override
        public int compare(EpollItem one, EpollItem other) {
            int order = Integer.compare(one.number(), other.number());
            order = order == 0 ? Long.compare(one.data(), other.data()) : order;
            return order == 0 ? Integer.compare(one.events(), other.events()) : order;
        }
    };

    private final FileRecord record;
    private final InstanceEntry entry;
    private final RestoreContext context;
    private final Map<OpenFileId, FileRecord> records;
    private final BitSet added = new BitSet();
    private Fd file;

    RestoredInstance(FileRecord record, InstanceEntry entry, RestoreContext context, Map<OpenFileId, FileRecord> records) {
        this.record = record;
        this.entry = entry;
        this.context = context;
        this.records = records;
    }

    /** Makes it, empty; the caller owns the descriptor. */
    Fd make() {
        Fd made = EpollCalls.create(record.flags());
        try {
            if (!entry.busyPoll().isNone()) {
                entry.busyPoll().set(made);
            }
            return made;
        } catch (KernelException e) {
            made.close();
            throw new StasisException(new Problem(EpollErrorCode.ITEM_REFUSED, subject(), "its busy polling (EPIOCSPARAMS) cannot be set: "
                    + e.getMessage(), "more than 64 packets at a time take CAP_NET_ADMIN"), e);
        }
    }

    /** From now on it is {@code descriptor}, borrowed. */
    void file(Fd descriptor) {
        file = descriptor;
    }

    Fd file() {
        return file;
    }

    List<EpollItem> items() {
        return entry.items();
    }

    /** What item {@code index} is on. */
    FileRecord target(int index) {
        return records.get(entry.targets().get(index));
    }

    /** The file of item {@code index}, borrowed; null when it does not exist yet. */
    Fd targetFile(int index) {
        return context.restored(entry.targets().get(index)).orElse(null);
    }

    boolean isAdded(int index) {
        return added.get(index);
    }

    void noteAdded(int index) {
        added.set(index);
    }

    /** Has {@code to} add the items that are not there yet: those on other instances, or all others. */
    void addTo(AddedItems to, boolean onInstances) {
        for (int i = 0; i < items().size(); i++) {
            boolean isNow = !added.get(i) && !SilentItems.isSignals(target(i).link())
                    && target(i).kind().equals(EpollKind.NAME) == onInstances;
            if (isNow) {
                to.add(this, file, i, items().get(i).events());
            }
        }
    }

    /** Adds the items on signalfds, each from the process whose signals it waits for. */
    void addSignals() {
        for (int i = 0; i < items().size(); i++) {
            if (!added.get(i)) {
                new SignalItem(this, i, context).add();
            }
        }
    }

    FileRecord record() {
        return record;
    }

    /** Compares what the kernel shows now with what it showed then. */
    void verify() {
        List<EpollItem> wanted = new ArrayList<>(items());
        List<EpollItem> have = ItemList.read(file);
        wanted.sort(BY_NUMBER);
        have.sort(BY_NUMBER);
        ItemNames different = new ItemNames();
        boolean isSleepy = false;
        for (int i = 0; i < wanted.size(); i++) {
            EpollItem now = i < have.size() ? have.get(i) : null;
            isSleepy |= wanted.get(i).keepsAwake() && now != null && !now.keepsAwake();
            if (now == null || !wanted.get(i).withoutWakeup().looksLike(now.withoutWakeup())) {
                different.add(wanted.get(i) + (now == null ? "" : ", which is now " + now));
            }
        }
        if (!different.isEmpty() || have.size() != wanted.size()) {
            throw new StasisException(new Problem(EpollErrorCode.ITEM_NOT_KEPT, subject(), "it has " + have.size() + " items instead of "
                    + wanted.size() + ", or others: " + different,
                    "the kernel, or what was given in the place of a file, is not as it was"));
        }
        if (isSleepy) {
            context.log().warn(subject() + ": its items do not keep the system awake (EPOLLWAKEUP) here: this kernel cannot suspend,"
                    + " or CAP_BLOCK_SUSPEND is missing");
        }
    }

    /** What it is called in messages. */
    String subject() {
        return subject(record);
    }

    /** What the instance of {@code record} is called in messages. */
    static String subject(FileRecord record) {
        return (record.holders().isEmpty() ? record.id().toString() : record.holders().get(0).toString()) + " (" + record.link() + ")";
    }
}
