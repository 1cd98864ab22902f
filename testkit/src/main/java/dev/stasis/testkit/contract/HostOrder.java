package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.RestoreStage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a plugin is called in the order that the SPI promises: claims, then dumps of what was taken, once each, hooks at
 * their stages in order; plans, then restores, then what comes last, once each.
 */
final class HostOrder {
    private final Map<String, Set<OpenFileId>> taken = new HashMap<>();
    private final Map<String, Set<OpenFileId>> dumped = new HashMap<>();
    private final Set<OpenFileId> planned = new HashSet<>();
    private final Map<OpenFileId, Fd> restored = new HashMap<>();
    private final Set<OpenFileId> deferred = new HashSet<>();
    private DumpStage dumpStage;
    private RestoreStage restoreStage;
    private boolean claiming;
    private boolean planning;

    /** Something is offered; returns whether a run begins with that. */
    boolean claim() {
        boolean begins = !claiming;
        if (begins) {
            taken.clear();
            dumped.clear();
            dumpStage = null;
        }
        claiming = true;
        planning = false;
        return begins;
    }

    /** {@code who} answered {@code claim} about {@code file}. */
    void claimed(String who, OpenFile file, Claim claim) {
        if (claim == null) {
            throw new AssertionError(who + " answered null about " + file);
        }
        if (claim instanceof Claim.Taken) {
            taken.computeIfAbsent(who, key -> new HashSet<>()).add(file.id());
        }
    }

    /** {@code who} is asked to dump {@code file}. */
    void dump(String who, OpenFile file) {
        claiming = false;
        require(taken.getOrDefault(who, Set.of()).contains(file.id()), who + " is asked to dump " + file + ", which it did not take");
        require(dumped.computeIfAbsent(who, key -> new HashSet<>()).add(file.id()), who + " is asked twice to dump " + file);
    }

    /** A hook of {@code stage} is called. */
    void hook(DumpStage stage) {
        claiming = false;
        require(dumpStage == null || dumpStage.compareTo(stage) <= 0, "the hook of " + stage + " is called after that of " + dumpStage);
        dumpStage = stage == DumpStage.RELEASE ? null : stage;
    }

    /** A kind is asked to plan {@code record}; returns whether a run begins with that. */
    boolean plan(FileRecord record) {
        boolean begins = planning();
        require(planned.add(record.id()), "file " + record.id() + " is planned twice");
        return begins;
    }

    /** Something is planned; returns whether a run begins with that. */
    boolean planning() {
        boolean begins = !planning;
        if (begins) {
            planned.clear();
            restored.clear();
            deferred.clear();
            restoreStage = null;
        }
        planning = true;
        claiming = false;
        return begins;
    }

    /** A kind is asked to restore {@code record}. */
    void restore(FileRecord record) {
        planning = false;
        require(planned.contains(record.id()), "file " + record.id() + " is restored, but was not planned");
        require(!restored.containsKey(record.id()), "file " + record.id() + " is restored twice");
        require(deferred.isEmpty(), "file " + record.id() + " is restored after others were finished");
    }

    /** It returned {@code file}. */
    void restored(FileRecord record, Fd file) {
        require(file != null && file.isOpen(), "file " + record.id() + " was restored as " + file);
        restored.put(record.id(), file);
    }

    /** A kind is asked for what comes last of {@code record}, whose descriptor is {@code file}. */
    void deferred(FileRecord record, Fd file) {
        require(restored.get(record.id()) == file, "what comes last of file " + record.id() + " gets another descriptor");
        require(file.isOpen(), "what comes last of file " + record.id() + " gets a closed descriptor");
        require(deferred.add(record.id()), "what comes last of file " + record.id() + " is called twice");
    }

    /** A hook of {@code stage} is called. */
    void hook(RestoreStage stage) {
        planning = false;
        require(restoreStage == null || restoreStage.compareTo(stage) <= 0,
                "the hook of " + stage + " is called after that of " + restoreStage);
        restoreStage = stage;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
