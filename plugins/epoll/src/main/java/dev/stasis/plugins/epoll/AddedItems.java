package dev.stasis.plugins.epoll;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.NativeMemory;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** Items to be added to instances, all at once. */
final class AddedItems {
    private record Addition(RestoredInstance instance, Fd file, int index, int events) {
        EpollItem item() {
            return instance.items().get(index);
        }
    }

    private final List<Addition> additions = new ArrayList<>();
    private final Numbers numbers = new Numbers();

    /** Will add item {@code index} to {@code instance}, whose descriptor is {@code file}, for {@code events}. */
    void add(RestoredInstance instance, Fd file, int index, int events) {
        additions.add(new Addition(instance, file, index, events));
        numbers.add(instance.items().get(index).number());
    }

    /** Adds them; throws {@link StasisException} naming the first that the kernel does not take. */
    void run() {
        if (additions.isEmpty()) {
            return;
        }
        NumberedFiles files = new NumberedFiles(numbers);
        NativeMemory events = NativeMemory.allocate(EpollCalls.EVENT_SIZE * additions.size());
        List<CallSequence.Step> steps = new ArrayList<>(additions.size());
        Fd in = null;
        for (int i = 0; i < additions.size(); i++) {
            Addition one = additions.get(i);
            if (one.file() != in) {
                in = one.file();
                files.in(in);
            }
            steps.add(add(one, files, events, i * EpollCalls.EVENT_SIZE));
        }
        files.run();
        for (int i = 0; i < steps.size(); i++) {
            if (!steps.get(i).isDone()) {
                throw refused(additions.get(i), steps.get(i).failure() == null ? files.failure() : steps.get(i).failure());
            }
            additions.get(i).instance().noteAdded(additions.get(i).index());
        }
    }

    private static CallSequence.Step add(Addition one, NumberedFiles files, NativeMemory events, int at) {
        EpollCalls.putEvent(events, at, one.events(), one.item().data());
        files.put(one.instance().targetFile(one.index()), one.item().number());
        return files.add(one.item().number(), events, at);
    }

    private static StasisException refused(Addition one, KernelException failure) {
        boolean full = failure != null && failure.is(Errno.ENOSPC);
        return new StasisException(new Problem(full ? EpollErrorCode.ITEMS_EXHAUSTED : EpollErrorCode.ITEM_REFUSED,
                one.instance().subject(), "its " + one.item() + " cannot be added again: " + (failure == null ? "a call before it failed"
                : failure.getMessage()), full ? "raise fs.epoll.max_user_watches" : "what was given in the place of its file must be"
                + " something that can be waited for, and its number one that a process may have"), failure);
    }
}
