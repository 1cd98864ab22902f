package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.LongPaths;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.StasisPlugin;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MountRemap} must do: inherit, open files on mounts that no path leads to, say what their state is, and run.
 * Below the root that the remap finds, their path must lead to them.
 */
public abstract class MountRemapContract extends FileContract {

    /** The name of the remap. */
    protected abstract String remap();

    @Override
    final String subject() {
        return remap();
    }

    @Override
    final ContractSubject subjectOf(StasisPlugin plugin) {
        return new MountRemapSubject(remapOf(plugin));
    }

    private MountRemap remapOf(StasisPlugin plugin) {
        for (MountRemap remap : plugin.mountRemaps()) {
            if (remap.name().equals(remap())) {
                return remap;
            }
        }
        throw new AssertionError("plugin " + plugin.id() + " has no mount remap " + remap());
    }

    @Test
    protected void thePresentRootIfAnyShowsTheFilesWhereItSaysAndStaysOpenThroughTheDump() {
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        MountRemap remap = remapOf(plugin);
        LocalFiles local = local();
        try (ContractDump dump = new ContractDump(plugin, subjectOf(plugin), local, image, options(), log)) {
            for (OpenFile file : local.all()) {
                remap.claim(file, dump.looking());
                UnixPath link = remap.link(file, dump.looking());
                assertThat(link).as("the path of " + file).isEqualTo(remap.link(file, dump.looking()));
                Optional<Fd> root = remap.presentRoot(file, dump.looking());
                assertThat(root.isPresent()).isEqualTo(remap.presentRoot(file, dump.looking()).isPresent());
                if (root.isPresent()) {
                    try (Fd shown = LongPaths.open(root.get(), link.dropFirst(1), OpenFlags.PATH)) {
                        assertThat(FileCalls.status(shown).inode()).as("what is at " + link).isEqualTo(file.status().inode());
                    }
                    assertThat(root.get().isOpen()).isTrue();
                }
            }
        }
    }
}
