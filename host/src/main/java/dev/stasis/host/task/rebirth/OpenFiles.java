package dev.stasis.host.task.rebirth;

import dev.stasis.linux.Fd;
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
