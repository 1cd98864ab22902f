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
        Tool stasis = new StasisTool(source.resolve("stasis"));
        figures.put(stasis, new LinkedHashMap<>());
        Optional<CriuTool> peer = CriuTool.find(scratch);
        peer.ifPresent(tool -> figures.put(tool, new LinkedHashMap<>()));
        System.out.println(peer.isPresent() ? "peer: " + peer.get().binary() : "no peer: there is no criu here that works");
        new Trial(Workloads.IDLE, stasis, scratch).run();
        for (int round = 0; round < rounds; round++) {
            round();
        }
        long warm = Warm.frozenMicros(source.resolve("dist/target/stasis/plugins"), scratch, rounds * 4);
        print(stasis, peer, warm);
    }

    private void round() {
        for (Workload workload : workloads) {
            yardsticks.measure();
            for (Map.Entry<Tool, Map<String, Figures>> entry : figures.entrySet()) {
                Trial.Result result = new Trial(workload, entry.getKey(), scratch).run();
                entry.getValue().computeIfAbsent(workload.name(), name -> new Figures()).add(result);
            }
        }
    }

    private void print(Tool stasis, Optional<CriuTool> peer, long warm) {
        System.out.println("medians of " + rounds + " rounds; " + yardsticks.text());
        Table.head();
        for (Workload workload : workloads) {
            figures.forEach((tool, byName) -> Table.row(workload, tool.name(), byName.get(workload.name())));
        }
        Table.warmRow(Workloads.IDLE, warm);
        Map<String, Figures> peers = peer.isPresent() ? figures.get(peer.get()) : Map.of();
        new Targets(figures.get(stasis), peers, yardsticks, warm).print();
    }
}
