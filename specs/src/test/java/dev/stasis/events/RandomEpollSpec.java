package dev.stasis.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program comes by instances, files, items and events at random. It is dumped and left running, and asked what it has; then the
 * image is restored, and asked the same. It must have the same items, hear of all that the first one hears, and of nothing besides but
 * edges of files that are ready. Then both are made to hear more, and what they hear is the same.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class RandomEpollSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 8);

    private static final String PROGRAM = EpollProgram.PRELUDE + """
            import random, socket
            dice = random.Random(SEED); counter = 0
            instances, readers, writers = [instance() for i in range(3)], [], []
            def pipe():
                r, w = os.pipe() if dice.random() < .6 else [s.detach() for s in socket.socketpair()]
                os.set_blocking(w, False); os.set_blocking(r, False); readers.append(r); writers.append(w)
            def event():
                e = os.eventfd(0, os.EFD_NONBLOCK); readers.append(e); writers.append(e)
            def write(w):
                try: os.write(w, struct.pack('Q', 1))
                except OSError: pass
            def read(r):
                try: os.read(r, dice.choice((8, 65536)))
                except OSError: pass
            def drain(r):
                try:
                    while os.read(r, 65536): pass
                except OSError: pass
            def modes():
                mask = dice.choice((IN, OUT, IN | OUT, IN | RDHUP, 0))
                return mask | dice.choice((0, EDGE, EDGE, ONESHOT, ONESHOT | EDGE, EXCLUSIVE if not mask & RDHUP else 0))
            def item(operation):
                global counter
                counter += 1
                try: operation(dice.choice(instances), dice.choice(readers + writers), modes(), counter << 32 | counter)
                except OSError: pass
            def nest():
                global counter
                counter += 1
                a, b = sorted(dice.sample(range(3), 2))
                try: add(instances[a], instances[b], IN | dice.choice((0, EDGE)), counter << 32)
                except OSError: pass
            def renumber():
                ends = dice.choice((readers, writers)); place = dice.randrange(len(ends)); old = ends[place]
                ends[place] = os.dup(old)
                for other in (readers, writers):
                    for i, fd in enumerate(other):
                        if fd == old: other[i] = ends[place]
                if dice.random() < .5: os.close(old)
                else: os.dup2(dice.choice(readers + writers), old)
            def drop():
                if len(readers) > 4:
                    place = dice.randrange(len(readers)); r, w = readers.pop(place), writers.pop(place)
                    drain(r)  # an end with unread data leaves an error in the other, which is another matter
                    for fd in {r, w} if dice.random() < .5 else {w}:
                        if fd not in readers + writers: os.close(fd)
            acts = [lambda: item(add)] * 8 + [lambda: item(change)] * 3 + [lambda: write(dice.choice(writers))] * 5
            acts += [lambda: read(dice.choice(readers))] * 3 + [lambda: wait(dice.choice(instances))] * 2 + [nest, renumber, drop, pipe, event]
            for i in range(4): pipe(); event()
            for i in range(STEPS): dice.choice(acts)()
            def tell(name):
                heard = [wait(ep) for ep in reversed(instances)]
                for w in writers: write(w)
                more = [wait(ep) for ep in reversed(instances)]
                with open(name + '.new', 'w') as f:
                    for what in [items(ep) for ep in instances], heard, more: print(what, file=f)
                os.rename(name + '.new', name)
            had = [items(ep) for ep in instances]
            say('ready'); await_file('go1')
            open('had', 'w').write(str(had)); tell('first'); await_file('never')
            """;

    static Stream<Long> seeds() {
        return new Random().longs(ROUNDS, 0, 1L << 32).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void hearsWhatItsTwinHears(long seed, Stasis stasis, Sandbox sandbox) throws Exception {
        EventCycle cycle = new EventCycle(stasis, sandbox);
        Program program = cycle.python(PROGRAM.replace("SEED", "" + seed).replace("STEPS", "" + (20 + seed % 300)));
        cycle.dumpAndLeave(program);
        List<String> twin = told(cycle, sandbox);
        program.close();
        cycle.restore(sandbox.path("image"));
        List<String> restored = told(cycle, sandbox);
        assertThat(restored.get(0)).as("the items").isEqualTo(twin.get(0));
        assertThat(restored.get(1)).as("what they were").isEqualTo(twin.get(1));
        assertThat(missing(twin.get(2), restored.get(2))).as("events that were lost of " + twin.get(2) + " in " + restored.get(2)).isEmpty();
        assertThat(missing(restored.get(2), twin.get(2))).as("events that nobody may hear of").allSatisfy(
                event -> assertThat(isEdge(event, restored.get(0))).as("%s in %s", event, restored.get(0)).isTrue());
        assertThat(restored.get(3)).as("what both hear after").isEqualTo(twin.get(3));
    }

    private static List<String> told(EventCycle cycle, Sandbox sandbox) throws IOException {
        cycle.give("go1");
        Await.until("it tells", () -> Files.exists(sandbox.path("first")));
        List<String> lines = Files.readAllLines(sandbox.path("first"));
        List<String> told = List.of(Files.readString(sandbox.path("had")), lines.get(0), lines.get(1), lines.get(2));
        for (String name : List.of("go1", "first", "had")) {
            Files.delete(sandbox.path(name));
        }
        return told;
    }

    /** The pairs of data and events that are in {@code one} and not in {@code other}. */
    private static List<String> missing(String one, String other) {
        return Pattern.compile("\\((\\d+, \\d+)\\)").matcher(one).results().map(result -> result.group(1))
                .filter(event -> !other.contains("(" + event + ")")).toList();
    }

    private static boolean isEdge(String event, String items) {
        String data = Long.toHexString(Long.parseLong(event.split(",")[0]));
        return Pattern.compile("events: *([89a-f])[0-9a-f]{7} data: *" + data + "\\b").matcher(items).find();
    }
}
