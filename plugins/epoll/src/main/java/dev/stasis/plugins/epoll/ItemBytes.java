package dev.stasis.plugins.epoll;

import dev.stasis.spi.OpenFileId;
import java.util.Arrays;

/**
 * The items of an instance as its entry has them, written without an object for each: there may be many, and the tree stands still.
 * What is written is what the generated code of {@code eventpoll_tfd_entry} would write.
 */
final class ItemBytes {
    private static final int ITEM = 4 << 3 | 2;
    private static final int FILE = 1000 << 3;
    /** The most that one item takes: seven numbers and their tags. */
    private static final int MOST = 96;

    private byte[] bytes;
    private int at;

    /** Behind the bytes of {@code head}, some {@code count} items. */
    ItemBytes(byte[] head, int count) {
        bytes = Arrays.copyOf(head, head.length + 48 * count + MOST);
        at = head.length;
    }

    /** Adds {@code item} of {@code instance}, which is on {@code target}. */
    void add(OpenFileId instance, EpollItem item, OpenFileId target) {
        if (bytes.length - at < MOST) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length + MOST);
        }
        bytes[at++] = ITEM;
        int length = at++; // one byte: no item is longer than 127
        field(1, instance.number());
        field(2, item.number());
        field(3, item.events() & 0xffffffffL);
        field(4, item.data());
        field(5, item.device() & 0xffffffffL);
        field(6, item.inode());
        field(7, 0);
        number(FILE);
        number(target.number());
        bytes[length] = (byte) (at - length - 1);
    }

    private void field(int field, long value) {
        bytes[at++] = (byte) (field << 3);
        number(value);
    }

    private void number(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    /** All of it. */
    byte[] all() {
        return Arrays.copyOf(bytes, at);
    }
}
