package dev.stasis.host.task.rebirth;

import dev.stasis.host.state.Mapping;
import dev.stasis.linux.Errno;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/** Says why a mapping could not be made again. */
final class MappingFailure {
    private MappingFailure() {}

    static StasisException of(Newborn task, Mapping mapping, long result) {
        Errno errno = new Errno((int) -result);
        String help = errno.equals(Errno.ENOMEM) ? "the machine lacks memory or the task would have too many mappings (vm.max_map_count)"
                : errno.equals(Errno.EACCES) ? "the file may not be mapped like this any more: look at its mode and mount options" : "";
        return new StasisException(new Problem(RebirthError.CALL_REFUSED, RestorePlan.subject(task.state),
                "mmap of " + mapping.kind() + " " + mapping.start() + "-" + mapping.end() + " failed: " + errno.name(), help));
    }
}
