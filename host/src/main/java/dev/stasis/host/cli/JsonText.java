package dev.stasis.host.cli;

import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.RejectedPlugin;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import java.util.List;
import java.util.Map;

/** What the tool prints with {@code --json}: one object on one line. Field names are stable. */
final class JsonText {
    private final StringBuilder text = new StringBuilder("{");

    private JsonText() {}

    static String problems(String command, List<Problem> problems) {
        JsonText json = new JsonText().field("command", command).field("done", "false", false);
        return json.problems(problems).end();
    }

    private JsonText problems(List<Problem> problems) {
        name("problems").text.append('[');
        for (int i = 0; i < problems.size(); i++) {
            text.append(i == 0 ? "" : ",").append(problem(problems.get(i)));
        }
        text.append(']');
        return this;
    }

    static String done(String command) {
        return new JsonText().field("command", command).field("done", "true", false).end();
    }

    /** All plugins of {@code registry}, and those that cannot be used. */
    static String plugins(PluginRegistry registry) {
        JsonText json = new JsonText().field("command", "plugins").field("done", "true", false);
        json.name("plugins").text.append('[');
        String comma = "";
        for (StasisPlugin plugin : registry.plugins()) {
            json.text.append(comma).append(plugin(registry, plugin));
            comma = ",";
        }
        json.text.append(']');
        json.name("unusable").text.append('[');
        comma = "";
        for (RejectedPlugin rejected : registry.rejected()) {
            json.text.append(comma).append(problem(rejected.problem()));
            comma = ",";
        }
        json.text.append(']');
        return json.end();
    }

    private static String plugin(PluginRegistry registry, StasisPlugin plugin) {
        JsonText json = new JsonText().field("id", registry.idOf(plugin)).field("version", registry.versionOf(plugin))
                .field("file", registry.originOf(plugin).place()).field("door", registry.originOf(plugin).door());
        json.name("kinds").text.append('[');
        String comma = "";
        for (FdKind kind : registry.kinds()) {
            if (registry.ownerOf(kind) == plugin) {
                json.text.append(comma);
                json.quote(kind.name());
                comma = ",";
            }
        }
        json.text.append(']');
        return json.end();
    }

    private static String problem(Problem problem) {
        return new JsonText().field("code", problem.code().name()).field("type", problem.code().type().name())
                .field("subject", problem.subject()).field("reason", problem.reason()).field("help", problem.help()).end();
    }

    /** A dump's report; {@code peakMemory} is that of this process, in bytes. */
    static String report(DumpReport report, long peakMemory) {
        return new JsonText().field("command", "dump").field("done", "true", false).number("tasks", report.tasks())
                .number("threads", report.threads()).number("files", report.files())
                .number("pagesScanned", report.pagesScanned()).number("pagesWritten", report.pagesWritten())
                .number("freezingMicros", report.freezingMicros()).number("frozenMicros", report.frozenMicros())
                .number("memoryDumpMicros", report.memoryDumpMicros())
                .number("memoryWriteMicros", report.memoryWriteMicros())
                .number("deletedFiles", report.contents().inodes()).number("deletedFilesBytes", report.contents().bytes())
                .number("peakMemoryBytes", peakMemory).end();
    }

    /** What a dump would keep and what stands in its way. */
    static String preview(DumpPreview preview) {
        JsonText json = new JsonText().field("command", "dump").field("dryRun", "true", false)
                .number("tasks", preview.tasks()).number("threads", preview.threads()).number("files", preview.files());
        json.name("kinds").text.append('{');
        int count = 0;
        for (Map.Entry<String, Integer> kind : preview.kinds().entrySet()) {
            json.text.append(count++ == 0 ? "\"" : ",\"").append(kind.getKey()).append("\":").append(kind.getValue());
        }
        json.text.append('}');
        json.number("deletedFiles", preview.contents().inodes()).number("deletedFilesBytes", preview.contents().bytes())
                .number("neededBytes", preview.contents().neededBytes()).number("freeBytes", preview.freeBytes())
                .number("frozenMicros", preview.frozenMicros());
        return json.problems(preview.problems()).end();
    }

    /** A restore's report; {@code peakMemory} is that of this process, in bytes. */
    static String report(RestoreReport report, long peakMemory) {
        return new JsonText().field("command", "restore").field("done", "true", false)
                .number("pid", report.root().number()).number("tasks", report.tasks())
                .number("pagesRestored", report.pagesRestored()).number("forkingMicros", report.forkingMicros())
                .number("restoreMicros", report.restoreMicros()).number("peakMemoryBytes", peakMemory).end();
    }

    private JsonText field(String name, String value) {
        return field(name, value, true);
    }

    private JsonText number(String name, long value) {
        return field(name, Long.toString(value), false);
    }

    private JsonText field(String name, String value, boolean quoted) {
        name(name);
        if (quoted) {
            quote(value);
        } else {
            text.append(value);
        }
        return this;
    }

    private JsonText name(String name) {
        text.append(text.length() == 1 ? "\"" : ",\"").append(name).append("\":");
        return this;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20) {
                text.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    private String end() {
        return text.append('}').toString();
    }
}
