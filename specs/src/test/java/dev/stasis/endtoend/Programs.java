package dev.stasis.endtoend;

import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The programs that tests run, built once per test JVM into {@code target/programs}. Needs gcc, python3 and a JDK. */
final class Programs {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path BUILT = BASE.resolve("target/programs");
    private static Path workload;
    private static Path javaClasses;
    private static String python;

    private Programs() {}

    /** The top of the source tree that is tested. */
    static Path tree() {
        return BASE.getParent();
    }

    /** The source file {@code name}. */
    static Path source(String name) {
        return BASE.resolve("src/test/resources/programs").resolve(name);
    }

    /** The self-checking C program, compiled. */
    static synchronized Path workload() {
        if (workload == null) {
            workload = compileC("workload.c");
        }
        return workload;
    }

    /** Compiles the C source {@code name}. */
    static Path compileC(String name) {
        Path program = folder().resolve(name.replace(".c", ""));
        Command.run(Program.find("gcc").toString(), "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program.toString(),
                source(name).toString());
        return program;
    }

    /** The folder with Allocating.class, compiled for the oldest JDK. */
    static synchronized Path javaClasses() {
        if (javaClasses == null) {
            Path classes = folder().resolve("classes");
            Command.run(javaHome().resolve("bin/javac").toString(), "-d", classes.toString(), "-source", "17", "-target", "17",
                    "-nowarn", source("Allocating.java").toString());
            javaClasses = classes;
        }
        return javaClasses;
    }

    /** The interpreter itself, not a script that looks for one. */
    static synchronized String python() {
        if (python == null) {
            python = Command.run("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").strip();
        }
        return python;
    }

    /** The JDK that runs this test. */
    static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The JDKs of this machine, each once: the one that runs this test and those in the usual folder. */
    static List<Path> javaHomes() {
        List<Path> homes = new ArrayList<>();
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            Stream.concat(Stream.of(javaHome()), installed.sorted()).map(Programs::real)
                    .filter(home -> Files.isExecutable(home.resolve("bin/java")) && !homes.contains(home)).forEach(homes::add);
        } catch (IOException noSuchFolder) {
            homes.add(real(javaHome()));
        }
        return homes;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where they are built: a folder that outlives the tests of one run, and is on no file system of a test. */
    static Path folder() {
        try {
            return Files.createDirectories(BUILT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
