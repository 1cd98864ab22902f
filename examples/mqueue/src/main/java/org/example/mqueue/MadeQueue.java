package org.example.mqueue;

import dev.stasis.linux.UnixPath;

/** A queue that a restore uses. One that it made is gone again when the restore fails. */
final class MadeQueue implements AutoCloseable {
    private final UnixPath name;
    private boolean mine;

    MadeQueue(UnixPath name, boolean mine) {
        this.name = name;
        this.mine = mine;
    }

    /** Closing does nothing from now on. */
    void keep() {
        mine = false;
    }

    /** Takes its name; what is open of it stays. */
    @Override
    public void close() {
        if (mine) {
            mine = false;
            QueueCalls.unlink(name);
        }
    }
}
