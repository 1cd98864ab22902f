package dev.stasis.plugins.inheritfd;

import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.Collection;
import java.util.List;

/** Puts descriptors that this process was given in the place of files from an image. */
public final class InheritFdPlugin implements StasisPlugin {
    static final String INHERIT = "inherit-fd";
    static final String FORCE = "inherit-fd-force";
    static final String STDIO = "inherit-stdio";

    @Override
    public String id() {
        return "inherit-fd";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<Substitution> substitutions() {
        return List.of(new InheritedFiles(System.getenv()));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(
                new PluginOption(INHERIT, "fd[N]:KEY", "Restore with descriptor N of this process (or the one that LISTEN_FDNAMES"
                        + " names N) in the place of KEY: pipe:[INODE], socket:[INODE], file[MOUNT:INODE], tty[RDEV:DEV], a path,"
                        + " PID.FD or id[0xID]. Repeatable."),
                new PluginOption(STDIO, "", "Restore with the standard descriptors of this process in the place of the root's."),
                new PluginOption(FORCE, "", "Only warn when an inherited descriptor does not fit the file it replaces."));
    }
}
