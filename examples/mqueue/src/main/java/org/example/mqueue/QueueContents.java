package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is in a queue. There is no way to look at a message but to receive it: so all are received and at once sent again, in the
 * same order, which leaves them in that order.
 */
final class QueueContents {
    private QueueContents() {}

    /** All messages of {@code queue}, which must not wait; {@code subject} names it in refusals. */
    static List<Message> read(Fd queue, String subject) {
        QueueAttributes attributes = QueueCalls.attributes(queue);
        List<Message> messages = new ArrayList<>((int) attributes.messages());
        NativeMemory memory = NativeMemory.allocate((int) attributes.mostBytes());
        try {
            Optional<Message> next = QueueCalls.receive(queue, memory);
            while (next.isPresent()) {
                messages.add(next.get());
                next = QueueCalls.receive(queue, memory);
            }
        } finally {
            // Whatever went wrong: they go back.
            for (int i = 0; i < messages.size(); i++) {
                QueueCalls.send(queue, messages.get(i));
            }
        }
        if (messages.size() != attributes.messages() || QueueCalls.attributes(queue).messages() != messages.size()) {
            throw new StasisException(new Problem(MqueueErrorCode.CHANGED_MEANWHILE, subject,
                    "somebody outside the tree used the queue while it was read", "try again when nobody does"));
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
