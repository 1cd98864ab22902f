package dev.stasis.bench;

import dev.stasis.linux.process.ProcessCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the workloads, tools taking turns within each round so that a slow moment of the machine hits them all, and prints
 * medians and ratios.
 *
 * <p>Usage: {@code bench/run [-n ROUNDS] [WORKLOAD...]}; system property {@code stasis.source} is the source tree.
 */
public final class Bench {
    private final Map<Tool, Map<String, Figures>> figures = new LinkedHashMap<>();
    private final List<Workload> workloads;
    private final int rounds;
    private final Path scratch;
    private final Yardsticks yardsticks;

    private Bench(List<Workload> workloads, int rounds, Path scratch) {
        this.workloads = workloads;
        this.rounds = rounds;
        this.scratch = scratch;
        this.yardsticks = new Yardsticks(scratch);
    }

    /** Runs what {@code arguments} ask for: all workloads in five rounds if nothing. */
    public static void main(String[] arguments) {
        int rounds = 5;
        List<String> names = new ArrayList<>(List.of(arguments));
        if (!names.isEmpty() && names.get(0).equals("-n")) {
            rounds = Integer.parseInt(names.get(1));
            names.subList(0, 2).clear();
        }
        List<Workload> chosen = new ArrayList<>(Workloads.all());
        chosen.removeIf(workload -> !names.isEmpty() && !names.contains(workload.name()));
        try (Scratch place = Scratch.below(Path.of(System.getProperty("java.io.tmpdir")))) {
            new Bench(chosen, rounds, place.path()).run(Path.of(System.getProperty("stasis.source")));
        }
    }

    private void run(Path source) {
        ProcessCalls.adoptOrphans(true);
        StasisTool stasis = new StasisTool(source.resolve("stasis"));
        Optional<CriuTool> peer = CriuTool.find(scratch);
        System.out.println(peer.isPresent() ? "peer: " + peer.get().binary() : "no peer: there is no criu here that works");
        try (ResidentTool resident = new ResidentTool(source.resolve("dist/target/stasis/plugins"))) {
            figures.put(stasis, new LinkedHashMap<>());
            figures.put(resident, new LinkedHashMap<>());
            peer.ifPresent(tool -> figures.put(tool, new LinkedHashMap<>()));
            new Trial(Workloads.IDLE, stasis, scratch).run();
            for (int round = 0; round < rounds; round++) {
                round(peer);
            }
            long idle = Warm.frozenMicros(resident, scratch, rounds * 4);
            print();
            Map<String, Figures> peers = peer.isPresent() ? figures.get(peer.get()) : Map.of();
            new Targets(figures.get(stasis), figures.get(resident), peers, yardsticks, idle).print();
            QueueRebuilding.print(stasis, workloads, scratch, rounds);
        }
    }

    private void round(Optional<CriuTool> peer) {
        for (Workload workload : workloads) {
            yardsticks.measure();
            for (Tool tool : figures.keySet()) {
                if (tool.takes(workload, scratch) && !figuresOf(tool, workload).hasFailed()) {
                    measure(workload, tool, peer.isPresent() && tool.equals(peer.get()));
                }
            }
        }
    }

    /** A peer may be unable to do what is asked of it; that is told, and not asked again. */
    private void measure(Workload workload, Tool tool, boolean mayFail) {
        try {
            figuresOf(tool, workload).add(new Trial(workload, tool, scratch).run());
        } catch (IllegalStateException e) {
            if (!mayFail) {
                throw e;
            }
            System.out.println(workload.name() + ": " + e.getMessage().strip());
            figuresOf(tool, workload).fail();
        }
    }

    private Figures figuresOf(Tool tool, Workload workload) {
        return figures.get(tool).computeIfAbsent(workload.name(), name -> new Figures());
    }

    private void print() {
        System.out.println("medians of " + rounds + " rounds; " + yardsticks.text());
        Table.head();
        for (Workload workload : workloads) {
            figures.forEach((tool, byName) -> Table.row(workload, tool.name(), byName.get(workload.name())));
        }
    }
}
