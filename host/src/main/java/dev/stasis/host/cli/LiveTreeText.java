package dev.stasis.host.cli;

import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints the chain of kernel objects of a live tree: each open file once, with all that hold it. */
final class LiveTreeText {
    private final Console console;

    LiveTreeText(Console console) {
        this.console = console;
    }

    void print(Pid root) {
        List<ChainTask> tasks = new ArrayList<>();
        collect(root, 0, tasks);
        try (Chain chain = Chain.read(tasks)) {
            for (OpenFile file : chain.files()) {
                console.answer("");
                console.answer("open file " + file.id().number() + ": " + file.link());
                console.answer("  " + OpenFileText.state(file.flags(), file.position()) + "; " + type(file) + " "
                        + file.status().inode() + " on mount " + file.status().mountId());
                console.answer("  held by " + OpenFileText.holders(file.holders()));
            }
        }
    }

    private static String type(OpenFile file) {
        return file.status().type().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Adds {@code pid} and all below it, and prints the tree. A task that ends meanwhile is left out. */
    private void collect(Pid pid, int depth, List<ChainTask> tasks) {
        Optional<byte[]> areas = ProcFile.tryRead(pid, "smaps");
        Optional<byte[]> name = ProcFile.tryRead(pid, "comm");
        if (areas.isEmpty() || name.isEmpty()) {
            return;
        }
        console.answer("  ".repeat(depth) + "process " + pid + " (" + new String(name.get(), StandardCharsets.UTF_8).strip()
                + "), " + ReportText.count(ProcFile.threads(pid).size(), "thread"));
        tasks.add(new ChainTask(pid, MemoryAreas.parse(areas.get())));
        for (Pid child : ProcFile.children(pid)) {
            collect(child, depth + 1, tasks);
        }
    }
}
