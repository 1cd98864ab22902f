package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Map;

/**
 * The open files of the image, each open in this process: what the tasks get copies of.
 *
 * @param byId borrowed
 */
record OpenFiles(Map<OpenFileId, Fd> byId) {

    /** Whether {@code one} and {@code other} are open files of one inode, reached through one mount. */
    boolean isSameFile(OpenFileId one, OpenFileId other) {
        if (one == null || other == null || one.equals(other)) {
            return one != null && other != null;
        }
        FileStatus ofOne = FileCalls.status(get(one, "a mapping"));
        FileStatus ofOther = FileCalls.status(get(other, "a mapping"));
        return ofOne.inode().equals(ofOther.inode()) && ofOne.mountId() == ofOther.mountId();
    }

    /** The file {@code id}, which {@code use} needs. */
    Fd get(OpenFileId id, String use) {
        Fd file = byId.get(id);
        if (file == null) {
            throw new StasisException(new Problem(RebirthError.FILE_MISSING, "open file " + id, use + " needs it, and nobody opened it",
                    "the image lacks it, or the plugin of its kind gave nothing back"));
        }
        return file;
    }
}
