package dev.stasis.host.cli;

import java.util.List;
import java.util.Optional;

/** The commands there are. Each is made only when it is asked for. */
final class Commands {
    private Commands() {}

    /** The command that {@code word} calls. */
    static Optional<Command> find(String word) {
        return Optional.ofNullable(switch (word) {
            case "dump" -> new DumpCommand();
            case "restore" -> new RestoreCommand();
            case "check" -> new CheckCommand();
            case "plugins" -> new PluginsCommand();
            case "demo" -> new DemoCommand();
            case "train" -> new TrainCommand();
            default -> null;
        });
    }

    /** All that a user may want to know of, in the order of the help text. */
    static List<Command> shown() {
        return List.of(new DumpCommand(), new RestoreCommand(), new CheckCommand(), new PluginsCommand(), new DemoCommand());
    }
}
