package dev.stasis.host.cli;

import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.host.phase.RestoreRequest.Afterwards;
import dev.stasis.linux.proc.PeakMemory;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis restore}: brings a tree back, and waits for it unless told not to. */
final class RestoreCommand implements Command {

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("restore", "Brings the tree of an image back. Waits for its root and ends as it does.")
                .value("DIR", String.class, "Where the image is.", "-D", "--images-dir")
                .flag("Do not wait: end as soon as the tree runs.", "-d", "--restore-detached")
                .flag("Restore into a new pid namespace: no number of the tree need be free here.", "--new-pidns")
                .flag("Leave the tree stopped.", "-s", "--leave-stopped")
                .flag("Restore the root as a sibling of this program, a child of its parent; with -d.", "-S", "--restore-sibling")
                .value("FILE", String.class, "Write the root's process number to FILE.", "--pidfile")
                .common().spec();
    }

    @Override
    public boolean usesPlugins() {
        return true;
    }

    @Override
    public boolean changesTrees() {
        return true;
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        RestoreRequest request = request(arguments).withAllPluginOptions(session.pluginOptions());
        PidFile pidFile = PidFile.of(arguments.matchedOptionValue("--pidfile", null), request.directory());
        Privileged.require("restore");
        RestoreReport report = restore(request, session);
        boolean told = pidFile.write(report.root(), session.console());
        session.log().flush();
        boolean json = arguments.hasMatchedOption("--json");
        boolean detached = arguments.hasMatchedOption("-d");
        if (json || detached) {
            session.console().answer(json ? JsonText.report(report, PeakMemory.ofSelf()) : ReportText.of(report));
        }
        if (detached) {
            return told ? ExitStatus.DONE : ExitStatus.FAILED;
        }
        // What follows may last for days: it needs neither plugins nor a log.
        session.close();
        return Attendance.of(report.root(), report.child()).awaitExit();
    }

    private static RestoreReport restore(RestoreRequest request, Session session) {
        try (ProgressDisplay progress = ProgressDisplay.onTerminal(session.console(), session.interruption())) {
            return session.stasis().restore(request, progress);
        } catch (StasisException e) {
            AnotherStart.ifItHelps(e, request.directory(), session);
            throw e;
        }
    }

    private static RestoreRequest request(ParseResult arguments) {
        boolean sibling = arguments.hasMatchedOption("-S");
        if (sibling && !arguments.hasMatchedOption("-d")) {
            throw new UsageException("-S needs -d: only its parent can wait for the root, and that is another one then");
        }
        if (sibling && arguments.hasMatchedOption("--new-pidns")) {
            throw new UsageException("-S and --new-pidns exclude each other: the first process of the namespace is a child of this program");
        }
        String directory = arguments.matchedOptionValue("-D", ".");
        Afterwards afterwards = arguments.hasMatchedOption("-s") ? Afterwards.STAY_STOPPED : Afterwards.RUN;
        return new RestoreRequest(Path.of(directory), afterwards, arguments.hasMatchedOption("-d") && !sibling,
                arguments.hasMatchedOption("--new-pidns"), sibling, Map.of());
    }
}
