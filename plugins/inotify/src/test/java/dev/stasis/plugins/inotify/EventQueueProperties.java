package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.linux.notify.WatchDescriptor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class EventQueueProperties {

    @Provide
    Arbitrary<List<InotifyEvent>> events() {
        Arbitrary<InotifyEvent> event = Combinators.combine(Arbitraries.integers().between(1, 2),
                Arbitraries.of(EventMask.CREATE, EventMask.MODIFY, EventMask.IGNORED), Arbitraries.of("", "a", "sixteen bytes ab"))
                .as((watch, mask, name) -> new InotifyEvent(new WatchDescriptor(watch), mask, 0, UnixPath.of(name)));
        return event.list().ofMaxSize(12);
    }

    private static EventQueue queue(int limit, List<InotifyEvent> events) {
        EventQueue queue = new EventQueue(limit);
        queue.append(events);
        return queue;
    }

    @Property
    void readingInPiecesMakesNoDifference(@ForAll("events") List<InotifyEvent> events, @ForAll @IntRange(max = 12) int cut) {
        int at = Math.min(cut, events.size());
        EventQueue first = queue(100, events.subList(0, at));
        EventQueue second = queue(100, events.subList(at, events.size()));
        List<InotifyEvent> pieces = new ArrayList<>(first.events());
        pieces.addAll(second.events());
        assertThat(queue(100, pieces).events()).isEqualTo(queue(100, events).events());
    }

    @Property
    void whatDoesNotFitIsLostAndOneMarkSaysSo(@ForAll("events") List<InotifyEvent> events) {
        EventQueue queue = queue(3, events);
        assertThat(queue.events()).hasSizeLessThanOrEqualTo(4);
        assertThat(queue.events().stream().filter(InotifyEvent::isOverflow)).hasSizeLessThanOrEqualTo(1);
    }

    @Property
    void encodedEventsAreReadAsTheyWere(@ForAll("events") List<InotifyEvent> events) {
        assertThat(InotifyEvent.parse(InotifyEvent.encode(events))).isEqualTo(events);
        assertThat(InotifyEvent.encode(queue(100, events).events())).hasSize(queue(100, events).size());
    }
}
