package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.PathRemap;
import dev.stasis.spi.StasisException;
import dev.stasis.spi.StasisPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PathRemap} must do: inherit, open files whose path does not lead to them (below {@link #directory}, so that
 * what is left behind shows), say what their state is, and run. Their kind is none of its business: they are opened by the remap
 * alone, and what it does in hooks is done.
 */
public abstract class PathRemapContract extends FileContract {

    /** The name of the remap. */
    protected abstract String remap();

    @Override
    final String subject() {
        return remap();
    }

    @Override
    final ContractSubject subjectOf(StasisPlugin plugin) {
        return new PathRemapSubject(remapOf(plugin));
    }

    private PathRemap remapOf(StasisPlugin plugin) {
        for (PathRemap remap : plugin.pathRemaps()) {
            if (remap.name().equals(remap())) {
                return remap;
            }
        }
        throw new AssertionError("plugin " + plugin.id() + " has no path remap " + remap());
    }

    @Test
    protected void itTellsHowMuchItWillKeepAndChangesNothingByThat() {
        List<String> before = states(files);
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        LocalFiles local = local();
        try (ContractDump dump = new ContractDump(plugin, subjectOf(plugin), local, image, options(), log)) {
            for (OpenFile file : local.all()) {
                subjectOf(plugin).claim(file, dump.looking());
                long bytes = remapOf(plugin).contentBytes(file, dump.looking());
                assertThat(bytes).as("bytes of " + file).isNotNegative()
                        .isEqualTo(remapOf(plugin).contentBytes(file, dump.looking()));
            }
        }
        assertThat(states(files)).isEqualTo(before);
    }

    @Test
    protected void neitherDumpNorRestoreLeaveANameBehind() throws IOException {
        List<Path> before = names();
        List<FileRecord> records = dump();
        assertThat(names()).as("names below the directory after a dump").isEqualTo(before);
        end();
        List<Path> ended = names();
        try (ContractRestore restore = restore(records)) {
            restore.run();
        }
        treeEnds();
        assertThat(names()).as("names below the directory after a restore").isEqualTo(ended);
    }

    @Test
    protected void aRestoreThatFailsHalfWayLeavesNoNameBehind() throws IOException {
        List<FileRecord> records = dump();
        end();
        List<Path> before = names();
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        // Planned and opened, but never finished: the host closes what it was given to own, and nothing else.
        try (ContractRestore restore = new ContractRestore(plugin, subjectOf(plugin), records, image, options(), log)) {
            if (!restore.plan().isEmpty()) {
                throw new StasisException(restore.plan());
            }
            for (FileRecord record : records) {
                try (Fd file = subjectOf(plugin).restore(record, restore)) {
                    assertThat(file.isOpen()).isTrue();
                }
            }
        }
        treeEnds();
        assertThat(names()).as("names below the directory").isEqualTo(before);
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.sorted().toList();
        }
    }
}
