package dev.stasis.bench;

import java.nio.file.Path;
import java.util.List;

/** A kind of program to dump and restore. To add one, implement this and name it in {@link Workloads}. */
interface Workload {

    /** What it goes by in the table. */
    String name();

    /**
     * The program, with its arguments. It prints {@code ready} and a line end once it is in the state to be dumped, and from
     * then on does nothing. It runs in a directory of its own that it may fill.
     */
    List<String> command();

    /** Options that Stasis is called with for it; may make files in {@code scratch}, which stays for all rounds. */
    default List<String> options(Path scratch) {
        return List.of();
    }
}
