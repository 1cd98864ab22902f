package dev.stasis.plugins.epoll;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A living instance, its items, and which open file each of them is on.
 *
 * <p>The number of an item is that of who added it, then. Mostly the same file still has it in a process that has the instance. That it
 * is the same is certain at once of a socket, which is alone on its inode. Of others, the two ends of a pipe or the many files that
 * share the kernel's one anonymous inode, the kernel must be asked: by kcmp(2), for which it goes through all items before the one
 * in question, or where that would take long by trying to add the item anew ({@link NumberedFiles#probe}). That waits until the file
 * is dumped, for until then the tree may be running. What is not where it was, is searched for among all files of the tree.
 */
final class DumpedInstance {
    /** How many items the kernel may go through for kcmp(2): some milliseconds. */
    private static final long MOST_STEPS = 200_000;

    private final OpenFile file;
    private final Fd descriptor;
    private final HeldFiles held;
    private final List<EpollItem> items;
    private final OpenFile[] targets;
    private final Pid[] adders;
    /** The items whose targets look right but are not certain yet. */
    private final List<Integer> uncertain = new ArrayList<>();

    private DumpedInstance(OpenFile file, Fd descriptor, HeldFiles held, List<EpollItem> items) {
        this.file = file;
        this.descriptor = descriptor;
        this.held = held;
        this.items = items;
        this.targets = new OpenFile[items.size()];
        this.adders = new Pid[items.size()];
    }

    /** Looks at {@code file}, which {@code descriptor} in this process is of too. Nothing changes. */
    static DumpedInstance look(OpenFile file, Fd descriptor, HeldFiles held) {
        DumpedInstance instance = new DumpedInstance(file, descriptor, held, ItemList.read(descriptor));
        instance.findTargets();
        return instance;
    }

    OpenFile file() {
        return file;
    }

    Fd descriptor() {
        return descriptor;
    }

    List<EpollItem> items() {
        return items;
    }

    /** The open file that item {@code index} is on; null when no descriptor of the tree refers to it. */
    OpenFile target(int index) {
        return targets[index];
    }

    private void findTargets() {
        for (int i = 0; i < items.size(); i++) {
            guess(i);
        }
        if ((long) uncertain.size() * items.size() <= MOST_STEPS) {
            for (int i = 0; i < uncertain.size(); i++) {
                compare(uncertain.get(i));
            }
            uncertain.clear();
        }
        for (int i = 0; i < items.size(); i++) {
            if (targets[i] == null) {
                targets[i] = held.find(descriptor, items.get(i).number(), earlier(i));
            }
        }
    }

    /** Finds what has the item's number in a process that has the instance, and looks like it. */
    private void guess(int index) {
        EpollItem item = items.get(index);
        for (int i = 0; i < file.holders().size(); i++) {
            Holder holder = file.holders().get(i);
            OpenFile there = held.at(holder.task(), item.number());
            if (there != null && item.mayBeOn(there) && (targets[index] == null || there != targets[index])) {
                if (targets[index] != null) {
                    targets[index] = null; // several look alike: one by one then
                    adders[index] = null;
                    return;
                }
                targets[index] = there;
                adders[index] = holder.task();
            }
        }
        if (targets[index] != null && targets[index].status().type() != FileType.SOCKET) {
            uncertain.add(index);
        }
    }

    private void compare(int index) {
        RemoteFd there = new RemoteFd(adders[index], items.get(index).number());
        if (EpollCalls.compare(there, descriptor, items.get(index).number(), earlier(index)) != 0) {
            targets[index] = null;
        }
    }

    /** How many items before it have the same number. */
    private int earlier(int index) {
        int number = items.get(index).number();
        int count = 0;
        for (int i = 0; i < index; i++) {
            count += items.get(i).number() == number ? 1 : 0;
        }
        return count;
    }

    /** Makes sure of what is uncertain; only of a tree that stands still. Targets may be found to be none that is known. */
    void ascertain() {
        if (uncertain.isEmpty()) {
            return;
        }
        List<Integer> asked = new ArrayList<>(uncertain.size());
        for (int i = 0; i < uncertain.size(); i++) {
            if (EpollKind.isOne(targets[uncertain.get(i)])) {
                compare(uncertain.get(i));
            } else {
                asked.add(uncertain.get(i));
            }
        }
        uncertain.clear();
        probe(asked);
        for (int i = 0; i < items.size(); i++) {
            if (targets[i] == null) {
                targets[i] = held.find(descriptor, items.get(i).number(), earlier(i));
            }
        }
    }

    /** In the order of their numbers, which is the quickest. */
    private void probe(List<Integer> asked) {
        long[] order = new long[asked.size()];
        Numbers numbers = new Numbers();
        for (int i = 0; i < order.length; i++) {
            int number = items.get(asked.get(i)).number();
            numbers.add(number);
            order[i] = (long) number << 32 | asked.get(i);
        }
        Arrays.sort(order);
        NativeMemory event = NativeMemory.allocate(16);
        NumberedFiles files = new NumberedFiles(numbers);
        files.in(descriptor);
        CallSequence.Step[] answers = new CallSequence.Step[order.length];
        List<Fd> processes = new ArrayList<>();
        try {
            Pid from = null;
            for (int i = 0; i < order.length; i++) {
                int index = (int) order[i];
                if (!adders[index].equals(from)) {
                    from = adders[index];
                    processes.add(ProcessCalls.pidfd(from));
                    files.from(processes.get(processes.size() - 1));
                }
                answers[i] = ask(files, items.get(index).number(), event);
            }
            files.run();
        } finally {
            for (int i = 0; i < processes.size(); i++) {
                processes.get(i).close();
            }
        }
        for (int i = 0; i < order.length; i++) {
            judge((int) order[i], answers[i]);
        }
    }

    private static CallSequence.Step ask(NumberedFiles files, int number, NativeMemory event) {
        files.putTheirs(number, number);
        return files.probe(number, event);
    }

    private void judge(int index, CallSequence.Step answer) {
        if (answer.failedWith(Errno.EEXIST)) {
            return;
        }
        if (answer.isDone() || answer.failure() != null) {
            targets[index] = null;
        } else {
            compare(index); // something before it failed, such as for want of descriptors: the long way then
        }
    }
}
