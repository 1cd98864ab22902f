package dev.stasis.spi;

import java.util.Collection;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A plugin's entry: what it adds to the host. Named in {@code META-INF/services/dev.stasis.spi.StasisPlugin}; made once per
 * run by its public constructor without parameters, which must do nothing slow.
 *
 * <p>Each method but {@link #check} is called after loading, from the thread that loads plugins, and must give the same answer
 * however often it is called.
 */
@ConsumerType
public interface StasisPlugin {

    /** The name it goes by in images, options and messages, such as {@code regular-files}; unique among all plugins. */
    String id();

    /** Its own version, written into images: three numbers with dots, such as {@code 1.0.0}. */
    String version();

    /** Kinds of open files that it keeps. */
    default Collection<? extends FdKind> fdKinds() {
        return List.of();
    }

    /** Ways to find files again whose path does not lead to them. */
    default Collection<? extends PathRemap> pathRemaps() {
        return List.of();
    }

    /** Ways to find mounts again that are no longer where they were. */
    default Collection<? extends MountRemap> mountRemaps() {
        return List.of();
    }

    /** Ways to put live descriptors in the place of files from the image. */
    default Collection<? extends Substitution> substitutions() {
        return List.of();
    }

    /** What it does at stages of a dump besides its kinds. */
    default Collection<? extends DumpHook> dumpHooks() {
        return List.of();
    }

    /** What it does at stages of a restore besides its kinds. */
    default Collection<? extends RestoreHook> restoreHooks() {
        return List.of();
    }

    /** The command-line options that it understands. */
    default Collection<PluginOption> options() {
        return List.of();
    }

    /**
     * Finds what this machine lacks for the plugin: kernel features, permissions, device nodes. Looks only. Called by
     * {@code stasis plugins check}, not in dumps and restores.
     */
    default List<Problem> check() {
        return List.of();
    }

    /**
     * Takes away what {@code image} keeps outside of its directory: it is about to be removed, sealed or not, or a dump that
     * began it failed. Nothing of it is verified, so nothing may be believed that it says. What cannot be taken away is told.
     */
    default void discard(ImageInput image, Log log) {}
}
