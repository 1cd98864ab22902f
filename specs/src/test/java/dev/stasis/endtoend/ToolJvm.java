package dev.stasis.endtoend;

import java.util.ArrayList;
import java.util.List;

/** How a specification starts a JVM of its own with the classes that it has itself. */
public final class ToolJvm {
    private ToolJvm() {}

    /** {@code java} with the class path and options of this JVM and the folder {@code temporary}, short of the main class. */
    public static List<String> command(String temporary) {
        List<String> command = new ArrayList<>(List.of(Programs.javaHome().resolve("bin/java").toString(), "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + temporary));
        if (Runtime.version().feature() >= 24) { // or it prints warnings
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        return command;
    }
}
