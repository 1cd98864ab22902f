package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code --inherit-stdio}: the standard descriptors of this process in the place of the root's, whatever kind they are, as
 * long as they can be read or written like those. What is /dev/null stays so, and what was named otherwise stays named so.
 */
final class StandardFiles {
    private static final UnixPath NULL = UnixPath.of("/dev/null");
    private static final int STANDARD_ERROR = 2;

    private StandardFiles() {}

    /** Adds to {@code chosen} the standard files of the root and all that share their pipe, socket or terminal. */
    static void choose(List<FileRecord> records, Map<OpenFileId, Mapping> chosen, Fit fit) {
        int root = root(records);
        for (int number = 0; number <= STANDARD_ERROR; number++) {
            FileRecord standard = find(records, new Key.Descriptor(root, number));
            Optional<Fd> fd = Handed.find(number);
            if (standard == null || fd.isEmpty() || standard.link().equals(NULL) || chosen.containsKey(standard.id())) {
                continue;
            }
            Mapping mapping = new Mapping("fd[" + number + "]:" + root + "." + number, fd.get(), key(standard, root, number));
            for (FileRecord record : records) {
                boolean alike = record == standard || record.flags().accessMode() == standard.flags().accessMode();
                if (alike && mapping.key().matches(record) && NearMatches.descriptor(record) != null
                        && chosen.putIfAbsent(record.id(), mapping) == null) {
                    fit.check(mapping, record, true);
                }
            }
        }
    }

    /** The other open files of an end of a pipe or of a terminal lead out of the tree as well. */
    private static Key key(FileRecord standard, int root, int number) {
        boolean leadsOut = standard.identity() != null && standard.identity().type() != FileType.REGULAR;
        return leadsOut ? new Key.Link(standard.link().toString()) : new Key.Descriptor(root, number);
    }

    /** The root was looked at first: what it holds first has the lowest number. */
    private static int root(List<FileRecord> records) {
        FileRecord first = null;
        for (FileRecord record : records) {
            if (first == null || record.id().number() < first.id().number()) {
                first = record;
            }
        }
        return first == null ? 0 : first.holders().get(0).task().number();
    }

    private static FileRecord find(List<FileRecord> records, Key key) {
        for (FileRecord record : records) {
            if (key.matches(record)) {
                return record;
            }
        }
        return null;
    }
}
