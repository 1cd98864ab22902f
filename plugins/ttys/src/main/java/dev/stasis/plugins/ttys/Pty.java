package dev.stasis.plugins.ttys;

import dev.stasis.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** The open files of one pty in a tree. */
final class Pty {
    final int index;
    /** Null when nobody in the tree has it: then somebody outside does. */
    OpenFile master;
    final List<OpenFile> slaves = new ArrayList<>();

    Pty(int index) {
        this.index = index;
    }

    /** Where its slave is. */
    String path() {
        return "/dev/pts/" + index;
    }
}
