package dev.stasis.host.cli;

import dev.stasis.host.image.ImageReader;
import dev.stasis.host.image.PluginUse;
import dev.stasis.host.state.TaskState;
import dev.stasis.spi.FileRecord;
import java.nio.file.Path;

/** Prints what an image holds, after its seal was verified: tasks, plugins it needs, open files with all that hold them. */
final class ImageText {
    private final Console console;

    ImageText(Console console) {
        this.console = console;
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
        console.answer("  held by " + OpenFileText.holders(file.holders()));
    }
}
