package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.spi.RestoreContext;
import java.util.List;

/** The items of an instance that have told their event: added, and made to tell it once more; see {@link SilentItems}. */
final class SilencedItems {
    private final RestoredInstance instance;
    private final Fd file;
    private final RestoreContext context;

    /** Of {@code instance}, which is {@code file} and has no other items yet. */
    SilencedItems(RestoredInstance instance, Fd file, RestoreContext context) {
        this.instance = instance;
        this.file = file;
        this.context = context;
    }

    /**
     * Adds those whose files exist. Done as soon as they do, before anything watches a pipe (inotify) or is told of what comes into it
     * (O_ASYNC), and before timers are set: nobody notices the byte that goes through an empty pipe, or a timer that expires.
     */
    void addAndNudge() {
        if (add()) {
            for (int i = 0; i < instance.items().size(); i++) {
                if (instance.isAdded(i) && isStillArmed(i)) {
                    nudge(i);
                }
            }
        }
    }

    /** Adds those that are not there yet, and takes what they tell, and what others do that could not before; whether there are any. */
    boolean add() {
        AddedItems added = new AddedItems();
        boolean any = false;
        for (int i = 0; i < instance.items().size(); i++) {
            EpollItem item = instance.items().get(i);
            any |= item.isDisarmed();
            if (item.isDisarmed() && !instance.isAdded(i) && instance.targetFile(i) != null) {
                added.add(instance, file, i, item.eventsToTellOfAnything());
            }
        }
        added.run();
        if (any) {
            EpollCalls.takeEvents(file);
        }
        return any;
    }

    private boolean isStillArmed(int index) {
        EpollItem wanted = instance.items().get(index);
        List<EpollItem> have = ItemList.read(file);
        for (int i = 0; i < have.size(); i++) {
            if (have.get(i).looksLike(wanted)) {
                return false;
            }
        }
        return true;
    }

    private void nudge(int index) {
        new Nudge(instance.target(index), instance.targetFile(index), context).around(new Runnable() {
            @Override
            public void run() {
                EpollCalls.takeEvents(file);
            }
        });
    }
}
