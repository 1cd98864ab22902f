package dev.stasis.host.task.freeze;

import dev.stasis.host.SilentLog;
import dev.stasis.host.state.Sharing;
import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.host.task.read.Kinship;
import dev.stasis.host.task.read.TaskFiles;
import dev.stasis.host.task.read.TaskReader;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.time.Duration;
import java.util.List;

/** A tool that freezes, reads and releases process {@code args[0]} for ever, to be killed in the middle of it. */
final class FreezeLoop {
    private FreezeLoop() {}

    public static void main(String[] args) {
        Pid pid = new Pid(Integer.parseInt(args[0]));
        while (true) {
            try (FrozenTree tree = TreeFreezer.freeze(pid, Duration.ofSeconds(30), new SilentLog())) {
                TaskReader.read(tree.root(), Kinship.of(tree), new NoFiles(), Sharing.alone(tree.root().pid()));
            }
            System.out.println("round");
        }
    }

    private static final class NoFiles implements TaskFiles {
        @Override
        public OpenFileId idOf(Holder holder) {
            return new OpenFileId(1);
        }

        @Override
        public List<DescriptorEntry> table(Pid task) {
            return List.of();
        }
    }
}
