package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the values of {@code --inherit-fd}. */
final class Requests {
    private static final String FORM = "it should be fd[N]:KEY or fd[NAME]:KEY, such as fd[3]:pipe:[17]";

    private final Handed handed;
    private final List<Problem> problems;

    Requests(Handed handed, List<Problem> problems) {
        this.handed = handed;
        this.problems = problems;
    }

    /** The mappings that {@code values} ask for; what is wrong with others is added to the problems. */
    List<Mapping> read(List<String> values) {
        List<Mapping> mappings = new ArrayList<>();
        for (String value : values) {
            int end = value.indexOf("]:");
            if (!value.startsWith("fd[") || end < 4 || end + 2 == value.length()) {
                add(InheritFdErrorCode.MAPPING_MALFORMED, value, FORM, "");
                continue;
            }
            read(value, value.substring(3, end), value.substring(end + 2), mappings);
        }
        return mappings;
    }

    private void read(String value, String label, String keyText, List<Mapping> to) {
        int number;
        try {
            number = handed.number(label);
        } catch (IllegalArgumentException e) {
            add(InheritFdErrorCode.DESCRIPTOR_CLOSED, value, e.getMessage(), "give the number of a descriptor");
            return;
        }
        Key key;
        try {
            key = Key.parse(keyText);
        } catch (NumberFormatException e) {
            add(InheritFdErrorCode.MAPPING_MALFORMED, value, "the key " + keyText + " cannot be read: " + e.getMessage(), "");
            return;
        }
        if (number < 0) {
            add(InheritFdErrorCode.MAPPING_MALFORMED, value, "there is no descriptor " + number, FORM);
            return;
        }
        Optional<Fd> fd = Handed.find(number);
        if (fd.isEmpty()) {
            add(InheritFdErrorCode.DESCRIPTOR_CLOSED, value, "this process was not given a descriptor " + number,
                    "open it for the command, as in: stasis restore ... " + number + "<FILE");
        } else {
            to.add(new Mapping(value, fd.get(), key));
        }
    }

    private void add(InheritFdErrorCode code, String value, String reason, String help) {
        problems.add(new Problem(code, "--inherit-fd " + value, reason, help));
    }
}
