package dev.stasis.host.cli;

import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code stasis inspect}: shows the chain of kernel objects of a live tree or of an image. Changes nothing, stops nobody. */
final class InspectCommand implements Command {

    @Override
    public String name() {
        return "inspect";
    }

    @Override
    public CommandSpec syntax() {
        CommandSpec spec = Syntax.of("inspect", "Shows the open files of a live tree or of an image, and who holds them.").spec();
        return spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).type(String.class)
                .paramLabel("PID|DIR").description("A process, with all below it, or an image directory.").build());
    }

    @Override
    public int run(ParseResult arguments, Session session) {
        String what = arguments.matchedPositionalValue(0, "");
        if (isNumber(what) && !Files.isDirectory(Path.of(what))) {
            new LiveTreeText(session.console()).print(existing(Integer.parseInt(what)));
        } else {
            session.beginStart(Installation.sources(List.of(), session.log()), false);
            new ImageText(session).print(Path.of(what));
        }
        return ExitStatus.DONE;
    }

    private static Pid existing(int number) {
        if (number <= 0) {
            throw new UsageException("a process number is greater than 0");
        }
        if (!Files.exists(Path.of("/proc", Integer.toString(number)))) {
            throw new StasisException(new Problem(CliError.NO_SUCH_PROCESS, "process " + number, "there is none",
                    "give the number of a running process, or an image directory"));
        }
        return new Pid(number);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(Character::isDigit);
    }
}
