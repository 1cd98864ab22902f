package dev.stasis.host.cli;

import dev.stasis.host.image.ImageReader;
import dev.stasis.host.image.PluginUse;
import dev.stasis.host.state.TaskState;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import java.nio.file.Path;
import java.util.Optional;

/** Prints what an image holds, after its seal was verified: tasks, plugins it needs, open files with all that hold them. */
final class ImageText {
    private final Session session;
    private final Console console;

    ImageText(Session session) {
        this.session = session;
        this.console = session.console();
    }

    void print(Path directory) {
        try (ImageReader image = ImageReader.open(directory)) {
            for (TaskState task : image.tasks()) {
                console.answer("process " + task.pid() + " (" + task.threads().get(0).name() + "), "
                        + ReportText.count(task.threads().size(), "thread")
                        + (task.life() == TaskState.Life.RUNNING ? "" : ", " + task.life()));
            }
            for (PluginUse plugin : image.plugins()) {
                console.answer("needs plugin " + plugin.id() + " " + plugin.version() + " for "
                        + String.join(", ", plugin.uses()));
            }
            for (FileRecord file : image.files()) {
                print(file);
            }
        }
    }

    private void print(FileRecord file) {
        console.answer("");
        console.answer("open file " + file.id().number() + ": " + file.link());
        console.answer("  " + file.kind() + ", " + OpenFileText.state(file.flags(), file.position()));
        String description = description(file);
        if (!description.isEmpty() && !description.equals(file.link().toString())) {
            console.answer("  " + description);
        }
        console.answer("  held by " + OpenFileText.holders(file.holders()));
    }

    /** What its kind says of it; nothing where no plugin does. An image is shown all the same. */
    private String description(FileRecord file) {
        try {
            Optional<FdKind> kind = session.stasis().registry().fdKind(file.kind());
            return kind.isEmpty() ? "" : kind.get().describe(file);
        } catch (RuntimeException | LinkageError e) {
            session.log().debug("describing " + file.link() + ": " + e);
            return "";
        }
    }
}
