package dev.stasis.bench;

import dev.stasis.linux.Pid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stasis, called through its launcher. Its peak memory is what it reports itself: the kernel's figure for a child counts the
 * memory that the child shared with this JVM before it became another program.
 *
 * @param launcher where that is
 */
record StasisTool(Path launcher) implements Tool {

    @Override
    public String name() {
        return "stasis";
    }

    @Override
    public Taken dump(Pid target, Path image, Path scratch, List<String> options) {
        Child.Finished run = run(scratch, options, "dump", "-t", target.toString(), "-D", image.toString(), "--json");
        return new Taken(run.micros(), number(run, "freezingMicros") + number(run, "frozenMicros"),
                number(run, "peakMemoryBytes"));
    }

    @Override
    public Taken restore(Path image, Path scratch, List<String> options) {
        Child.Finished run = run(scratch, options, "restore", "-D", image.toString(), "-d", "--json");
        return new Taken(run.micros(), number(run, "restoreMicros"), number(run, "peakMemoryBytes"));
    }

    private Child.Finished run(Path scratch, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        command.addAll(options);
        return Child.run(command, scratch, scratch.resolve("stasis.out"));
    }

    private static long number(Child.Finished run, String field) {
        String name = "\"" + field + "\":";
        int start = run.output().indexOf(name) + name.length();
        int end = start;
        while (Character.isDigit(run.output().charAt(end))) {
            end++;
        }
        return Long.parseLong(run.output().substring(start, end));
    }
}
