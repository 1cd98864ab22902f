package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;

/** A program that does nothing but look at the messages of a queue, again and again: almost always in the middle of that. */
final class Reader {
    private Reader() {}

    public static void main(String[] arguments) {
        UnixPath name = UnixPath.of(arguments[0]);
        try (Fd queue = QueueCalls.tryOpen(name, OpenFlags.RDWR.with(OpenFlags.NONBLOCK).bits()).orElseThrow();
                Fd waiting = QueueCalls.tryOpen(name, OpenFlags.RDWR.bits()).orElseThrow()) {
            for (int round = 0; true; round++) {
                QueueContents.read(queue, waiting, arguments[0]);
                if (round == 0) {
                    System.out.println("reads");
                }
            }
        }
    }
}
