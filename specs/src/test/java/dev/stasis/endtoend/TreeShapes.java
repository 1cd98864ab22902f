package dev.stasis.endtoend;

import dev.stasis.endtoend.TreeShape.Die;
import dev.stasis.endtoend.TreeShape.Exit;
import dev.stasis.endtoend.TreeShape.Fork;
import dev.stasis.endtoend.TreeShape.JoinGroup;
import dev.stasis.endtoend.TreeShape.NewGroup;
import dev.stasis.endtoend.TreeShape.NewSession;
import dev.stasis.endtoend.TreeShape.Reap;
import dev.stasis.endtoend.TreeShape.Rest;
import dev.stasis.endtoend.TreeShape.StartThread;
import dev.stasis.endtoend.TreeShape.Step;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** All trees there may be, each size as often as the others. */
final class TreeShapes {
    private static final int MOST_STEPS = 40;
    private static final int MOST_TASKS = 10;
    /** Those that end a process by default; the ones among them that dump core have no room for one here. */
    private static final Integer[] DEADLY = {1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15, 34, 64};

    private TreeShapes() {}

    static Arbitrary<TreeShape> all() {
        return Combinators.combine(
                steps().list().ofMinSize(1).ofMaxSize(MOST_STEPS).withSizeDistribution(RandomDistribution.uniform()),
                Arbitraries.frequency(Tuple.of(8, Rest.WAITING), Tuple.of(1, Rest.STOPPED), Tuple.of(1, Rest.STOPPED_AND_READ)).list()
                        .ofSize(MOST_TASKS)).as(TreeShape::new);
    }

    private static Arbitrary<Step> steps() {
        Arbitrary<Integer> who = Arbitraries.integers().between(0, MOST_TASKS - 1).withDistribution(RandomDistribution.uniform());
        return Arbitraries.frequencyOf(
                Tuple.of(8, who.map(Fork::new)),
                Tuple.of(2, who.map(StartThread::new)),
                Tuple.of(2, who.map(NewSession::new)),
                Tuple.of(2, who.map(NewGroup::new)),
                Tuple.of(2, Combinators.combine(who, who).as(JoinGroup::new)),
                Tuple.of(1, Combinators.combine(who, Arbitraries.integers().between(0, 255).withDistribution(RandomDistribution.uniform())).as(Exit::new)),
                Tuple.of(1, Combinators.combine(who, Arbitraries.of(DEADLY)).as(Die::new)),
                Tuple.of(2, who.map(Reap::new)));
    }
}
