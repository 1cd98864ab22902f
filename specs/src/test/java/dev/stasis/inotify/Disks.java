package dev.stasis.inotify;

import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** File systems of all types, mounted for one test. */
final class Disks {
    private static final long SIZE = 320L << 20;

    private Disks() {}

    /** Mounts a new file system of {@code type} below {@code sandbox}. */
    static Path mount(String type, Sandbox sandbox) throws IOException {
        return switch (type) {
            case "tmpfs" -> sandbox.mountTmpfs("disk", "size=64m");
            case "overlay" -> overlay(sandbox);
            default -> formatted(type, sandbox);
        };
    }

    private static Path overlay(Sandbox sandbox) throws IOException {
        Path layers = sandbox.mountTmpfs("layers", "size=64m");
        for (String name : new String[] {"lower", "upper", "work"}) {
            Files.createDirectory(layers.resolve(name));
        }
        Files.createDirectories(layers.resolve("lower/case/below"));
        Files.writeString(layers.resolve("lower/case/below/file"), "x");
        Path point = Files.createDirectory(sandbox.path("disk"));
        Command.run("mount", "-t", "overlay", "-o", "lowerdir=" + layers.resolve("lower") + ",upperdir=" + layers.resolve("upper")
                + ",workdir=" + layers.resolve("work"), "stasis-test", point.toString());
        sandbox.own(() -> Command.run("umount", "-l", point.toString()));
        return point;
    }

    private static Path formatted(String type, Sandbox sandbox) throws IOException {
        Path disk = sandbox.path("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        Command.run("/usr/sbin/mkfs." + type, "-q", disk.toString());
        Path point = Files.createDirectory(sandbox.path("disk"));
        Command.run("mount", "-o", "loop", disk.toString(), point.toString());
        sandbox.own(() -> Command.run("umount", "-l", point.toString()));
        return point;
    }
}
