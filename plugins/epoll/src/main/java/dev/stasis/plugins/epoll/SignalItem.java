package dev.stasis.plugins.epoll;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An item on a signalfd. The kernel has it wait for signals of the process that adds it, and of no other: so that process must do it,
 * with its own numbers.
 */
final class SignalItem {
    private final RestoredInstance instance;
    private final int index;
    private final RestoreContext context;

    SignalItem(RestoredInstance instance, int index, RestoreContext context) {
        this.instance = instance;
        this.index = index;
        this.context = context;
    }

    void add() {
        EpollItem item = instance.items().get(index);
        Holder.Descriptor holder = adder(instance.record(), instance.target(index), item.number());
        try (RemoteCalls calls = context.remoteCalls(holder.task())) {
            boolean isThere = number(instance.target(index), holder.task(), item.number()) == item.number();
            RemoteFd received = isThere ? null : place(calls, item.number());
            byte[] event = ByteBuffer.allocate(EpollCalls.EVENT_SIZE).order(ByteOrder.LITTLE_ENDIAN).putInt(item.events())
                    .putLong(item.data()).array();
            calls.call(SyscallNumber.EPOLL_CTL, holder.number(), EpollCalls.ADD, item.number(), calls.lend(event).value());
            if (received != null) {
                calls.call(SyscallNumber.CLOSE, item.number());
            }
        } catch (KernelException e) {
            throw new StasisException(new Problem(EpollErrorCode.ITEM_REFUSED, instance.subject(), "its " + item
                    + " on a signalfd cannot be added again: " + e.getMessage(), ""), e);
        }
        instance.noteAdded(index);
    }

    /** Puts the file under {@code number}, which is free. */
    private RemoteFd place(RemoteCalls calls, int number) {
        Fd file = instance.targetFile(index);
        RemoteFd received = calls.receive(file);
        if (received.number() != number) {
            calls.call(SyscallNumber.DUP2, received.number(), number);
            calls.call(SyscallNumber.CLOSE, received.number());
        }
        return received;
    }

    /**
     * Which of the holders of {@code instance} added an item on {@code target} under {@code number}: the first that has it so, else
     * the first of those that have both.
     */
    private static Holder.Descriptor adder(FileRecord instance, FileRecord target, int number) {
        Holder.Descriptor found = null;
        for (int i = 0; i < instance.holders().size(); i++) {
            if (instance.holders().get(i) instanceof Holder.Descriptor holder) {
                int has = number(target, holder.task(), number);
                if (has == number) {
                    return holder;
                }
                found = found == null && has >= 0 ? holder : found;
            }
        }
        if (found == null) {
            throw InstanceEntry.malformed(instance, "no process has both it and the signalfd that it has an item on", null);
        }
        return found;
    }

    /** {@code number} if {@code task} has {@code file} there, else another number that it has for it; -1 when it has none. */
    private static int number(FileRecord file, Pid task, int number) {
        int other = -1;
        for (int i = 0; i < file.holders().size(); i++) {
            if (file.holders().get(i) instanceof Holder.Descriptor holder && holder.task().equals(task)) {
                if (holder.number() == number) {
                    return number;
                }
                other = holder.number();
            }
        }
        return other;
    }
}
