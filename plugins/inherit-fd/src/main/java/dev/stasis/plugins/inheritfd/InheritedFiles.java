package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.Substitution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decides which files of an image are replaced by descriptors of this process, and finds all that is wrong with that. */
final class InheritedFiles implements Substitution {
    private final Map<String, String> environment;

    InheritedFiles(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "inherit-fd";
    }

    @Override
    public Map<OpenFileId, Fd> plan(List<FileRecord> records, List<Problem> problems, RestoreContext context) {
        Options options = context.options();
        Fit fit = new Fit(problems, context.log(), options.isSet(InheritFdPlugin.FORCE));
        Map<OpenFileId, Mapping> chosen = new HashMap<>();
        for (Mapping mapping : new Requests(new Handed(environment), problems).read(options.values(InheritFdPlugin.INHERIT))) {
            choose(mapping, records, chosen, fit, problems);
        }
        if (options.isSet(InheritFdPlugin.STDIO)) {
            StandardFiles.choose(records, chosen, fit);
        }
        return duplicates(chosen, context.log());
    }

    private static void choose(
            Mapping mapping, List<FileRecord> records, Map<OpenFileId, Mapping> chosen, Fit fit, List<Problem> problems) {
        List<FileRecord> matching = new ArrayList<>();
        for (FileRecord record : records) {
            if (NearMatches.descriptor(record) != null && mapping.key().matches(record)) {
                matching.add(record);
            }
        }
        if (matching.isEmpty()) {
            problems.add(new Problem(InheritFdErrorCode.KEY_UNKNOWN, "--inherit-fd " + mapping.text(),
                    "no open file of the image answers to it", NearMatches.text(mapping.key(), records)));
            return;
        }
        if (isBothEnds(matching) && FileCalls.flags(mapping.fd()).accessMode() != AccessMode.READ_WRITE
                && FileCalls.status(mapping.fd()).type() == FileType.FIFO) {
            fit.object(InheritFdErrorCode.BOTH_ENDS, mapping, "both ends of " + matching.get(0).link()
                    + " are in the image, and " + mapping.fd() + " can only stand for one", "name each end by PID.FD");
            claim(mapping, matching, chosen, problems);
            return;
        }
        for (FileRecord record : matching) {
            fit.check(mapping, record, false);
        }
        claim(mapping, matching, chosen, problems);
    }

    private static boolean isBothEnds(List<FileRecord> matching) {
        boolean reads = false;
        boolean writes = false;
        for (FileRecord record : matching) {
            boolean pipe = record.identity() != null && record.identity().type() == FileType.FIFO;
            reads |= pipe && record.flags().accessMode().reads();
            writes |= pipe && record.flags().accessMode().writes();
        }
        return reads && writes;
    }

    private static void claim(
            Mapping mapping, List<FileRecord> matching, Map<OpenFileId, Mapping> chosen, List<Problem> problems) {
        for (FileRecord record : matching) {
            Mapping earlier = chosen.putIfAbsent(record.id(), mapping);
            if (earlier != null) {
                problems.add(new Problem(InheritFdErrorCode.FILE_NAMED_TWICE, "--inherit-fd " + mapping.text(),
                        Fit.subject(record) + " is already replaced by --inherit-fd " + earlier.text(), "give one of them only"));
            }
        }
    }

    /** The host owns what it gets; the descriptors that this process was given stay as they are. */
    private static Map<OpenFileId, Fd> duplicates(Map<OpenFileId, Mapping> chosen, Log log) {
        Map<OpenFileId, Fd> files = new HashMap<>();
        for (Map.Entry<OpenFileId, Mapping> one : chosen.entrySet()) {
            files.put(one.getKey(), one.getValue().fd().duplicate());
            log.info(one.getValue().fd() + " takes the place of " + one.getKey() + " (" + one.getValue().text() + ")");
        }
        return files;
    }
}
