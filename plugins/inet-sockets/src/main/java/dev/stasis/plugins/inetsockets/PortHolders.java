package dev.stasis.plugins.inetsockets;

import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.plugins.inetsockets.NetTable.Row;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who has a port. */
final class PortHolders {
    private static final int SHOWN = 3;

    private PortHolders() {}

    /** Such as {@code process 17 (nginx) has it as fd 6}; what is likely where nobody is found. */
    static String of(int protocol, int port) {
        Set<UnixPath> links = new HashSet<>();
        boolean connections = false;
        List<Row> rows = NetTable.read(protocol);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).port() == port) {
                connections |= rows.get(i).inode() == 0;
                links.add(UnixPath.of("socket:[" + rows.get(i).inode() + "]"));
            }
        }
        List<Found> found = links.isEmpty() ? List.of() : DescriptorSearch.find(links, Set.of(ProcessCalls.self()));
        if (!found.isEmpty()) {
            return text(found);
        }
        return connections ? "connections of it that have ended linger (TIME_WAIT)" : "no process that shows has it";
    }

    private static String text(List<Found> found) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, found.size()); i++) {
            Found one = found.get(i);
            Optional<byte[]> name = ProcFile.tryRead(one.task(), "comm");
            text.append(i == 0 ? "" : ", ").append("process ").append(one.task())
                    .append(name.isPresent() ? " (" + new String(name.get(), StandardCharsets.UTF_8).strip() + ")" : "")
                    .append(" has it as fd ").append(one.number());
        }
        return text.append(found.size() > SHOWN ? " and " + (found.size() - SHOWN) + " descriptors more" : "").toString();
    }
}
