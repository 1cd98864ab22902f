package dev.stasis.plugins.ghostfiles;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.NameSequence;
import dev.stasis.linux.fs.NameSequence.Step;
import dev.stasis.spi.Log;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All names of one ghost, given, opened and taken away again in one go: others see them for a moment that is as short as can
 * be, and a tool that is killed in the middle leaves none.
 */
final class BriefNames {
    /** A directory that is made for the moment. */
    private record Missing(Fd base, UnixPath path) {}

    private final List<BriefName> names;
    private final List<Missing> directories = new ArrayList<>(0);
    private final NameSequence sequence;
    private final List<Step> made = new ArrayList<>(0);
    /** What can fail, and how many names and directories there are by then. */
    private final List<Step> failing = new ArrayList<>();
    private final List<Integer> before = new ArrayList<>();

    /** The {@code names}, which are at {@code places}, as part of {@code sequence}. */
    BriefNames(List<BriefName> names, List<Birthplace> places, NameSequence sequence) {
        this.names = names;
        this.sequence = sequence;
        Set<UnixPath> seen = new HashSet<>();
        for (int i = 0; i < places.size(); i++) {
            for (UnixPath path : places.get(i).missing()) {
                if (seen.add(path)) {
                    directories.add(new Missing(places.get(i).directory(), path));
                }
            }
        }
    }

    /** Has the sequence give them to {@code node} and take them away; what follows in it is done whatever comes of that. */
    void compose(Node node) {
        for (int i = 0; i < directories.size(); i++) {
            Step make = sequence.directory(directories.get(i).base(), directories.get(i).path(), 0700);
            made.add(make);
            mayFail(make, i);
        }
        int count = directories.size();
        for (int i = 0; i < names.size(); i++) {
            Node made = i == 0 ? node : names.get(0).named();
            mayFail(names.get(i).make(sequence, made), count + i);
            mayFail(names.get(i).find(sequence, made), count + i + 1);
        }
        for (int i = names.size() - 1; i >= 0; i--) {
            names.get(i).end(sequence);
        }
        removeDirectories();
        Step done = sequence.mark();
        undo();
        Step end = sequence.mark();
        done.then(end);
        for (int i = 0; i < failing.size(); i++) {
            if (before.get(i) == 0) {
                failing.get(i).onFailure(end);
            }
        }
    }

    private void mayFail(Step step, int had) {
        failing.add(step);
        before.add(had);
    }

    private void removeDirectories() {
        for (int i = directories.size() - 1; i >= 0; i--) {
            // Whoever put something into it meanwhile keeps it.
            sequence.removeDirectory(directories.get(i).base(), directories.get(i).path()).whatever();
        }
    }

    /** What was done before a failure is undone, the last first. */
    private void undo() {
        Step[] undone = new Step[directories.size() + names.size()];
        for (int i = names.size() - 1; i >= 0; i--) {
            undone[directories.size() + i] = names.get(i).remove(sequence);
        }
        for (int i = directories.size() - 1; i >= 0; i--) {
            undone[i] = sequence.removeDirectory(directories.get(i).base(), directories.get(i).path()).whatever();
        }
        for (int i = 0; i < failing.size(); i++) {
            if (before.get(i) > 0) {
                failing.get(i).onFailure(undone[before.get(i) - 1]);
            }
        }
    }

    /** Whether others came or went under a name or a directory meanwhile, so that nothing was done and it must be tried again. */
    boolean mustTryAgain() {
        boolean again = false;
        for (int i = 0; i < made.size(); i++) {
            again |= made.get(i).failedWith(Errno.EEXIST);
        }
        for (int i = 0; i < names.size(); i++) {
            again |= names.get(i).mustTryAgain();
        }
        return again;
    }

    /** Why it could not be done, and was undone; null when it was. */
    KernelException failure() {
        for (int i = 0; i < failing.size(); i++) {
            if (failing.get(i).failure() != null) {
                return failing.get(i).failure();
            }
        }
        return null;
    }

    /** Closes what was opened of a sequence that is not to be used. */
    void discard() {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isFound()) {
                names.get(i).descriptor().close();
            }
        }
    }

    /** The ghost by each name, in their order; the caller owns the descriptors. */
    List<Fd> files(Log log) {
        List<Fd> files = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            files.add(names.get(i).descriptor());
            Optional<String> warning = names.get(i).warning();
            if (warning.isPresent()) {
                log.warn(warning.get());
            }
        }
        return files;
    }
}
