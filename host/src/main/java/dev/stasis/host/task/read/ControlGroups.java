package dev.stasis.host.task.read;

import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.ProcFile;
import java.nio.charset.StandardCharsets;

/** In which control groups a process is. @see <a href="https://man7.org/linux/man-pages/man7/cgroups.7.html">cgroups(7)</a> */
public final class ControlGroups {
    private ControlGroups() {}

    /** Those of process {@code pid}: the controllers of each hierarchy, a colon and the path, with blanks between. */
    public static String of(Pid pid) {
        return withoutNumbers(new String(ProcFile.read(pid, "cgroup"), StandardCharsets.UTF_8));
    }

    /** Those of {@code one} that are not among {@code others}, in the same form. */
    public static String without(String one, String others) {
        StringBuilder rest = new StringBuilder();
        for (int at = 0; at < one.length(); ) {
            int end = one.indexOf(' ', at);
            end = end < 0 ? one.length() : end;
            String group = one.substring(at, end);
            if (!(' ' + others + ' ').contains(' ' + group + ' ')) {
                rest.append(rest.length() == 0 ? "" : " ").append(group);
            }
            at = end + 1;
        }
        return rest.toString();
    }

    /** The numbers of the hierarchies are others after each boot. */
    static String withoutNumbers(String text) {
        StringBuilder groups = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            groups.append(groups.length() == 0 ? "" : " ").append(text, text.indexOf(':', at) + 1, end);
            at = end + 1;
        }
        return groups.toString();
    }
}
