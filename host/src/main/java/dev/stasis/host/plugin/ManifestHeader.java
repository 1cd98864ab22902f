package dev.stasis.host.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A manifest header that lists packages, taken apart by the common syntax of OSGi headers: clauses between commas, in each
 * one or more names and then parameters, between semicolons; quotes protect both.
 */
final class ManifestHeader {

    /**
     * One name of the header.
     *
     * @param name a package
     * @param parameters attributes by their name, and directives by their name with the colon, such as {@code resolution:}
     */
    record Clause(String name, Map<String, String> parameters) {

        /** The value of {@code parameter}, or {@code otherwise} without one. */
        String parameter(String parameter, String otherwise) {
            return parameters.getOrDefault(parameter, otherwise);
        }
    }

    private ManifestHeader() {}

    /** The names of {@code header} in order; none for null. */
    static List<Clause> parse(String header) {
        List<Clause> clauses = new ArrayList<>();
        if (header != null) {
            for (String clause : cut(header, ',')) {
                addNames(clause, clauses);
            }
        }
        return clauses;
    }

    private static void addNames(String clause, List<Clause> clauses) {
        List<String> names = new ArrayList<>();
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : cut(clause, ';')) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                names.add(part);
            } else {
                parameters.put(part.substring(0, equals).strip(), unquoted(part.substring(equals + 1).strip()));
            }
        }
        for (String name : names) {
            clauses.add(new Clause(name, parameters));
        }
    }

    /** Cuts {@code text} at each {@code separator} outside of quotes; empty parts are dropped. */
    private static List<String> cut(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean end = i == text.length();
            if (!end && text.charAt(i) == '"') {
                quoted = !quoted;
            }
            if (end || text.charAt(i) == separator && !quoted) {
                String part = text.substring(start, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                start = i + 1;
            }
        }
        return parts;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
