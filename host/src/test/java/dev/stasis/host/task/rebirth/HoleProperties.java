package dev.stasis.host.task.rebirth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class HoleProperties {

    @Property(tries = 300)
    void aHoleTouchesNoMappingOfAnyTask(
            @ForAll @Size(max = 40) List<@IntRange(min = 16, max = 1 << 14) Integer> starts,
            @ForAll @Size(min = 40, max = 40) List<@IntRange(min = 1, max = 900) Integer> pages) {
        List<TaskState> tasks = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            long start = starts.get(i) * 4096L;
            tasks.add(Records.task(100 + i, i == 0 ? null : 100, 100, 100,
                    Records.mapping(start, start + pages.get(i) * 4096L, 3, Mapping.Kind.PRIVATE_ANONYMOUS)));
        }
        Optional<Hole> hole = Hole.find(tasks);
        assertThat(hole).isPresent();
        long start = hole.get().start().value();
        assertThat(start % Hole.ALIGNMENT).isZero();
        for (TaskState task : tasks) {
            Mapping mapping = task.memory().mappings().get(0);
            assertThat(mapping.end().value() <= start || mapping.start().value() >= start + Hole.SIZE).isTrue();
        }
    }
}
