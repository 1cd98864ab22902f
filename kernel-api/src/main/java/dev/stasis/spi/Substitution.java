package dev.stasis.spi;

import dev.stasis.linux.Fd;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** A way to put live descriptors in the place of files from the image. */
@ConsumerType
public interface Substitution {

    /** The name in messages. */
    String name();

    /**
     * Decides before any process exists which of {@code records} are not made again but replaced.
     *
     * @param problems where to add all that is wrong with the request
     * @return for each replaced file the live descriptor, which the host then owns
     */
    Map<OpenFileId, Fd> plan(List<FileRecord> records, List<Problem> problems, RestoreContext context);
}
