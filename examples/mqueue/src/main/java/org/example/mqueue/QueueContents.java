package org.example.mqueue;

import dev.stasis.linux.CallSequence;
import dev.stasis.linux.CallSequence.Stored;
import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is in a queue. There is no way to look at a message but to receive it: so all are received and at once sent again, in the
 * same order, which leaves them in that order.
 *
 * <p>If Stasis were killed (SIGKILL) between the two, the messages would be gone for good, and the tree, which then runs on, would
 * miss them. So both are one {@link CallSequence}, which nobody interrupts: what each receive returns is what the send of that
 * message is given.
 */
final class QueueContents {
    /** For how long a send waits for room, which somebody can only have taken after Stasis was killed. */
    private static final int PATIENCE_SECONDS = 10;
    private static final int PRIORITY_SIZE = 8;
    private static final int TIME_SIZE = 16;

    private QueueContents() {}

    /**
     * All messages of the queue that is open twice, for both directions each; {@code subject} names it in refusals.
     *
     * @param queue must not wait
     * @param waiting waits when it is full
     */
    static List<Message> read(Fd queue, Fd waiting, String subject) {
        QueueAttributes attributes = QueueCalls.attributes(queue);
        int count = (int) attributes.messages();
        NativeMemory priorities = NativeMemory.allocate(Math.max(1, count) * PRIORITY_SIZE);
        try (MessageRoom room = MessageRoom.of(count, attributes.mostBytes())) {
            List<CallSequence.Step> received = turnAround(queue, waiting, attributes, priorities, room);
            List<Message> messages = messages(received, priorities, room);
            if (messages.size() != count || QueueCalls.attributes(queue).messages() != count) {
                throw new StasisException(new Problem(MqueueErrorCode.CHANGED_MEANWHILE, subject,
                        "somebody outside the tree used the queue while it was read", "try again when nobody does"));
            }
            return messages;
        }
    }

    /** Returns the steps that received the messages. */
    private static List<CallSequence.Step> turnAround(
            Fd queue, Fd waiting, QueueAttributes attributes, NativeMemory priorities, MessageRoom room) {
        CallSequence sequence = new CallSequence();
        List<CallSequence.Step> received = new ArrayList<>();
        for (int i = 0; i < attributes.messages(); i++) {
            received.add(sequence.call("mq_receive", queue, SyscallNumber.MQ_TIMEDRECEIVE, queue, room.address(i),
                    attributes.mostBytes(), priorities.address() + (long) i * PRIORITY_SIZE, 0).whatever());
        }
        NativeMemory until = NativeMemory.allocate(TIME_SIZE)
                .putLong(0, System.currentTimeMillis() / 1000 + PATIENCE_SECONDS);
        List<CallSequence.Step> sent = new ArrayList<>();
        for (int i = 0; i < received.size(); i++) {
            // One that was not received has an error for a length: the kernel refuses to send that, which is what should happen.
            sent.add(sequence.call("mq_send", queue, SyscallNumber.MQ_TIMEDSEND, waiting, room.address(i), received.get(i),
                    new Stored(priorities, i * PRIORITY_SIZE), until).whatever());
        }
        sequence.run();
        Reference.reachabilityFence(priorities);
        for (int i = 0; i < sent.size(); i++) {
            if (received.get(i).isDone()) {
                sent.get(i).result();
            }
        }
        return received;
    }

    private static List<Message> messages(List<CallSequence.Step> received, NativeMemory priorities, MessageRoom room) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < received.size(); i++) {
            if (received.get(i).isDone()) {
                messages.add(new Message(priorities.getInt(i * PRIORITY_SIZE), room.bytes(i, (int) received.get(i).result())));
            }
        }
        return messages;
    }

    /** Whether {@code one} and {@code other} are the same messages in the same order. */
    static boolean areSame(List<Message> one, List<Message> other) {
        boolean same = one.size() == other.size();
        for (int i = 0; same && i < one.size(); i++) {
            same = one.get(i).priority() == other.get(i).priority() && Arrays.equals(one.get(i).bytes(), other.get(i).bytes());
        }
        return same;
    }
}
