package dev.stasis.host.cli;

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
            case "inspect" -> new InspectCommand();
            case "images" -> new ImagesCommand();
            case "plugins" -> new PluginsCommand();
            case "demo" -> new DemoCommand();
            case "train" -> new TrainCommand();
            default -> null;
        });
    }
}
