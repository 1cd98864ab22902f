package dev.stasis.host.cli;

import dev.stasis.linux.probe.Capability;
import dev.stasis.linux.probe.Feature;
import dev.stasis.linux.probe.KernelProbe;
import dev.stasis.linux.probe.Privileges;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis check}: shows whether this machine has what is needed. */
final class CheckCommand implements Command {

    @Override
    public String name() {
        return "check";
    }

    @Override
    public CommandSpec syntax() {
        return Syntax.of("check", "Shows whether this machine has what is needed.")
                .flag("Print what is missing as JSON.", "--json").spec();
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        List<Feature> features = new ArrayList<>(KernelProbe.features());
        addPrivileges(features);
        boolean json = arguments.hasMatchedOption("--json");
        List<Problem> problems = new ArrayList<>();
        for (Feature feature : features) {
            if (!json) {
                session.console().answer(line(feature));
            }
            if (feature.isMissingAndRequired()) {
                problems.add(new Problem(CliError.MACHINE_LACKS, feature.name(), "missing, needed to " + feature.purpose(),
                        feature.help()));
            }
        }
        return finish(problems, json, session.console());
    }

    private static void addPrivileges(List<Feature> features) {
        Privileges privileges = Privileges.ofThisProcess();
        for (Capability capability : Capability.values()) {
            features.add(new Feature(capability.name(), privileges.has(capability), capability.isRequired(),
                    capability.purpose(), "root has it, unless a container took it away"));
        }
    }

    private static String line(Feature feature) {
        String state = feature.present() ? "yes      " : feature.required() ? "MISSING  " : "no       ";
        return state + feature.name() + ", to " + feature.purpose()
                + (feature.present() ? "" : " (" + feature.help() + ")");
    }

    private static int finish(List<Problem> problems, boolean json, Console console) {
        if (!problems.isEmpty()) {
            throw new StasisException(problems);
        }
        console.answer(json ? JsonText.done("check") : "Looks good.");
        return ExitStatus.DONE;
    }
}
