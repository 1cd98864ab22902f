package dev.stasis.host.cli;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis demo}: checkpoints and restores a small program, for people to watch. */
final class DemoCommand implements Command {
    private static final int SHOWN = 5;

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("demo", "Checkpoints and restores a small program that counts, and shows it counting on.")
                .values("DIR", "Load the plugins in DIR besides the installed ones.", Session.PLUGINS_DIR)
                .values("ID,...", "Use only these plugins.", Session.PLUGINS)
                .spec();
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        session.pluginOptions();
        Privileged.require("demo");
        try (TemporaryDirectory directory = TemporaryDirectory.create("stasis-demo");
                CountingProgram program = CountingProgram.start(directory.path().resolve("numbers"))) {
            show(program, directory.path().resolve("image"), session);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        session.console().answer("Done; the program and its files are gone again.");
        return ExitStatus.DONE;
    }

    private static void show(CountingProgram program, Path image, Session session) throws IOException, InterruptedException {
        Console console = session.console();
        console.answer("A program counts: " + program.name() + ", process " + program.pid());
        List<String> before = program.await(0, SHOWN);
        console.answer("  " + last(before));
        dump(program, image, session.stasis(), console);
        int written = program.lines().size();
        restore(program, image, session.stasis(), console);
        List<String> after = program.await(written, SHOWN);
        console.answer("  " + last(after));
        requireNoGap(program, after);
        console.answer("It counted to " + after.size() + " without a gap or a repeat.");
    }

    private static void dump(CountingProgram program, Path image, Stasis stasis, Console console)
            throws InterruptedException, IOException {
        DumpReport report = stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        program.awaitGone();
        console.answer("Checkpoint: " + ReportText.of(report, image));
        console.answer("  process " + program.pid() + " is gone; the last number is " + program.lines().size());
    }

    private static void restore(CountingProgram program, Path image, Stasis stasis, Console console) {
        RestoreReport report = stasis.restore(RestoreRequest.of(image), Progress.NONE);
        console.answer("Restore: " + ReportText.of(report));
        if (!report.root().equals(program.pid()) || !program.exists()) {
            throw program.failure("came back as process " + report.root());
        }
    }

    private static String last(List<String> lines) {
        return "... " + String.join(" ", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
    }

    private static void requireNoGap(CountingProgram program, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).equals(Integer.toString(i + 1))) {
                throw program.failure("wrote " + lines.get(i) + " where " + (i + 1) + " should be");
            }
        }
    }
}
