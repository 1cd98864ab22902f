package dev.stasis.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory that looks like a JDK, whose {@code java} writes down how it was called, one line for each argument, and makes
 * an archive when asked for one.
 *
 * @param home the directory
 */
record FakeJava(Path home) {

    /** Makes one of {@code version} in {@code home}, ending with {@code status}. */
    static FakeJava make(Path home, String version, int status, boolean makesArchives) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), """
                for argument in "$@"; do
                    echo "$argument"
                    case $argument in
                        -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*) %s ;;
                    esac
                done >> "%s"
                echo == >> "%s"
                exit %d
                """.formatted(makesArchives ? "echo archive > \"${argument#*=}\"" : ":", calls(home), calls(home), status));
        script(home.resolve("bin/javac"), "exit 1");
        return new FakeJava(home);
    }

    /** Makes an executable shell script. */
    static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path calls(Path home) {
        return home.resolve("calls");
    }

    /** The arguments of each call so far. */
    List<List<String>> calls() throws IOException {
        List<List<String>> calls = new ArrayList<>(List.of(new ArrayList<>()));
        if (Files.exists(calls(home))) {
            for (String line : Files.readAllLines(calls(home))) {
                if (line.equals("==")) {
                    calls.add(new ArrayList<>());
                } else {
                    calls.get(calls.size() - 1).add(line);
                }
            }
        }
        return calls.subList(0, calls.size() - 1);
    }

    /** The arguments of the last call. */
    List<String> lastCall() throws IOException {
        List<List<String>> calls = calls();
        return calls.get(calls.size() - 1);
    }
}
