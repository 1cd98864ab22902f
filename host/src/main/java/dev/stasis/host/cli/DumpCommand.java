package dev.stasis.host.cli;

import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.linux.Pid;
import dev.stasis.spi.StasisException;
import dev.stasis.linux.proc.PeakMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis dump}: freezes a tree into a directory. */
final class DumpCommand implements Command {

    @Override
    public String name() {
        return "dump";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("dump", "Writes the process PID and all below it into a directory, then ends it.")
                .required("PID", Integer.class, "The process to dump.", "-t", "--tree")
                .value("DIR", String.class, "Where the image goes: a new or empty directory.", "-D", "--images-dir")
                .flag("Let the tree run on afterwards.", "-R", "--leave-running")
                .flag("Leave the tree stopped afterwards.", "-s", "--leave-stopped")
                .value("SECONDS", Integer.class, "How long the tree may take to stand still (10).", "--timeout")
                .flag("Only tell what would be kept and all that stands in the way; the tree runs on.", "--dry-run")
                .common().spec();
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public boolean dumps() {
        return true;
    }

    @Override
    public boolean changesTrees() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        DumpRequest request = request(arguments).withAllPluginOptions(session.pluginOptions());
        Privileged.require("dump");
        if (arguments.hasMatchedOption("--dry-run")) {
            return preview(request, session, arguments.hasMatchedOption("--json"));
        }
        DumpReport report = dump(request, session);
        session.log().flush();
        session.console().answer(arguments.hasMatchedOption("--json")
                ? JsonText.report(report, PeakMemory.ofSelf()) : ReportText.of(report, request.directory()));
        return ExitStatus.DONE;
    }

    private static int preview(DumpRequest request, Session session, boolean json) {
        DumpPreview preview = session.stasis().preview(request);
        session.log().flush();
        session.console().answer(json ? JsonText.preview(preview) : ReportText.of(preview));
        if (json || preview.problems().isEmpty()) {
            return preview.problems().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
        }
        throw new StasisException(preview.problems());
    }

    private static DumpReport dump(DumpRequest request, Session session) {
        session.interruption().tidyWith(new UnfinishedImage(request.directory(), session));
        try (ProgressDisplay progress = ProgressDisplay.onTerminal(session.console(), session.interruption())) {
            return session.stasis().dump(request, progress);
        }
    }

    private static DumpRequest request(ParseResult arguments) {
        Integer pid = arguments.matchedOptionValue("-t", 0);
        Integer timeout = arguments.matchedOptionValue("--timeout", 10);
        if (pid <= 0 || timeout <= 0) {
            throw new UsageException((pid <= 0 ? "a process number" : "the timeout") + " is greater than 0");
        }
        String directory = arguments.matchedOptionValue("-D", ".");
        return new DumpRequest(new Pid(pid), Path.of(directory), afterwards(arguments), Duration.ofSeconds(timeout),
                Map.of());
    }

    private static Afterwards afterwards(ParseResult arguments) {
        boolean running = arguments.hasMatchedOption("-R");
        boolean stopped = arguments.hasMatchedOption("-s");
        if (running && stopped) {
            throw new UsageException("-R and -s exclude each other");
        }
        return running ? Afterwards.LEAVE_RUNNING : stopped ? Afterwards.LEAVE_STOPPED : Afterwards.KILL;
    }
}
