package dev.stasis.host.image;

import com.google.protobuf.UnsafeByteOperations;
import dev.stasis.host.image.proto.seccomp_entry;
import dev.stasis.host.image.proto.seccomp_filter;
import dev.stasis.host.image.proto.thread_core_entry;
import dev.stasis.host.state.Seccomp;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.ptrace.SeccompFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The seccomp filters of a tree: each once, with the number of the one before it, however many threads have it. A thread has the
 * number of its newest.
 */
final class SeccompCodec {
    private static final int MAX_INSTRUCTIONS = 4096;

    private final seccomp_entry.Builder entry = seccomp_entry.newBuilder();
    private final Map<Link, Integer> numbers = new HashMap<>();

    /** A filter behind the one with a number; -1 for the first. */
    private record Link(int before, SeccompFilter filter) {}

    SeccompCodec() {}

    /** All filters of {@code tasks}. */
    static SeccompCodec of(List<TaskState> tasks) {
        SeccompCodec codec = new SeccompCodec();
        for (TaskState task : tasks) {
            for (ThreadState thread : task.threads()) {
                codec.add(thread.seccomp());
            }
        }
        return codec;
    }

    private int add(Seccomp seccomp) {
        int newest = -1;
        for (SeccompFilter filter : seccomp.filters()) {
            Link link = new Link(newest, filter);
            Integer known = numbers.get(link);
            if (known == null) {
                known = entry.getSeccompFiltersCount();
                numbers.put(link, known);
                entry.addSeccompFilters(message(newest, filter));
            }
            newest = known;
        }
        return newest;
    }

    private static seccomp_filter message(int before, SeccompFilter filter) {
        seccomp_filter.Builder message = seccomp_filter.newBuilder()
                .setFilter(UnsafeByteOperations.unsafeWrap(filter.program()))
                .setFlags(filter.flags());
        return before < 0 ? message.build() : message.setPrev(before).build();
    }

    /** Whether there is any. */
    boolean isEmpty() {
        return entry.getSeccompFiltersCount() == 0;
    }

    seccomp_entry message() {
        return entry.build();
    }

    /** Adds to {@code thread} how {@code seccomp} confines it. */
    void write(Seccomp seccomp, thread_core_entry.Builder thread) {
        if (seccomp.mode() != Seccomp.NONE) {
            thread.setSeccompMode(seccomp.mode());
        }
        if (!seccomp.filters().isEmpty()) {
            thread.setSeccompFilter(add(seccomp));
        }
    }

    /** How {@code thread} was confined, by filters of {@code all}. */
    static Seccomp read(thread_core_entry thread, seccomp_entry all) {
        int mode = thread.getSeccompMode();
        MalformedImage.unless(mode >= Seccomp.NONE && mode <= Seccomp.FILTER, "a thread has an unknown seccomp mode, ", mode, "");
        MalformedImage.unless(thread.hasSeccompFilter() == (mode == Seccomp.FILTER), "a thread's seccomp filters are not told");
        if (mode != Seccomp.FILTER) {
            return mode == Seccomp.NONE ? Seccomp.UNCONFINED : new Seccomp(mode, List.of());
        }
        List<SeccompFilter> filters = new ArrayList<>();
        int number = thread.getSeccompFilter();
        boolean more = true;
        while (more) {
            MalformedImage.unless(number >= 0 && number < all.getSeccompFiltersCount(), "there is no seccomp filter ", number, "");
            seccomp_filter filter = all.getSeccompFilters(number);
            filters.add(0, filter(filter));
            more = filter.hasPrev();
            MalformedImage.unless(!more || filter.getPrev() >= 0 && filter.getPrev() < number,
                    "seccomp filter ", number, " stands before the one it was added to");
            number = filter.getPrev();
        }
        return new Seccomp(mode, filters);
    }

    private static SeccompFilter filter(seccomp_filter message) {
        int size = message.getFilter().size();
        MalformedImage.unless(size > 0 && size % SeccompFilter.INSTRUCTION == 0
                && size <= MAX_INSTRUCTIONS * SeccompFilter.INSTRUCTION, "a seccomp filter of ", size, " bytes cannot be");
        return new SeccompFilter(message.getFilter().toByteArray(), message.getFlags());
    }
}
