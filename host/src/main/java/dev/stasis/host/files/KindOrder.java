package dev.stasis.host.files;

import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/**
 * The order in which kinds dump and restore their files: those of {@link DumpStage#FILES}, then those of
 * {@link DumpStage#LATE}, and in a stage each after the kinds that it names; otherwise as they come. Pure.
 */
final class KindOrder {
    private KindOrder() {}

    /** {@code kinds} in order; throws {@link StasisException} naming those that want to come after each other. */
    static List<FdKind> of(List<FdKind> kinds) {
        List<FdKind> ordered = new ArrayList<>(kinds.size());
        List<FdKind> waiting = new ArrayList<>();
        addStage(kinds, true, waiting);
        addStage(kinds, false, waiting);
        while (!waiting.isEmpty()) {
            FdKind next = firstFree(waiting);
            if (next == null) {
                throw new StasisException(circle(waiting));
            }
            waiting.remove(next);
            ordered.add(next);
        }
        return ordered;
    }

    private static void addStage(List<FdKind> kinds, boolean early, List<FdKind> to) {
        for (int i = 0; i < kinds.size(); i++) {
            if ((kinds.get(i).dumpStage() != DumpStage.LATE) == early) {
                to.add(kinds.get(i));
            }
        }
    }

    private static FdKind firstFree(List<FdKind> waiting) {
        for (int i = 0; i < waiting.size(); i++) {
            if (isFree(waiting.get(i), waiting)) {
                return waiting.get(i);
            }
        }
        return null;
    }

    private static boolean isFree(FdKind kind, List<FdKind> waiting) {
        boolean late = kind.dumpStage() == DumpStage.LATE;
        for (int i = 0; i < waiting.size(); i++) {
            FdKind other = waiting.get(i);
            boolean laterStage = late && other.dumpStage() != DumpStage.LATE;
            if (other != kind && (laterStage || kind.after().contains(other.name()))) {
                return false;
            }
        }
        return true;
    }

    private static Problem circle(List<FdKind> waiting) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < waiting.size(); i++) {
            names.append(i == 0 ? "" : ", ").append(waiting.get(i).name());
        }
        return new Problem(FilesErrorCode.KINDS_IN_A_CIRCLE, "kinds " + names,
                "each wants to come after another of them", "load only some of the plugins they belong to");
    }
}
