package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.linux.Errno;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * Whether a mapping, or a part of it, was made where it is to be.
 *
 * @param task whose it is
 * @param mapping the mapping
 * @param start where what is made of it now starts
 */
record MappingCheck(Newborn task, Mapping mapping, long start) implements CallQueue.Outcome {

    @Override
    public void check(long result) {
        if (result != start) {
            throw failure(new Errno(result < 0 ? (int) -result : Errno.EEXIST.number()));
        }
    }

    private StasisException failure(Errno errno) {
        String help = errno.equals(Errno.ENOMEM) ? "the machine lacks memory or the task would have too many mappings (vm.max_map_count)"
                : errno.equals(Errno.EACCES) ? "the file may not be mapped like this any more: look at its mode and mount options" : "";
        return new StasisException(new Problem(RebirthError.CALL_REFUSED, RestorePlan.subject(task.state),
                "mmap of " + mapping.kind() + " " + mapping.start() + "-" + mapping.end() + " failed: " + errno.name(), help));
    }
}
