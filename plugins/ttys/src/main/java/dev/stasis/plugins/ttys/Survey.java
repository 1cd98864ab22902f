package dev.stasis.plugins.ttys;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The terminals of a tree and who else holds them, found out once for all of its files. */
final class Survey {
    private static final UnixPath PTMX = UnixPath.of("/dev/ptmx");
    private static final UnixPath PTS_PTMX = UnixPath.of("/dev/pts/ptmx");
    private static final String INDEX = "tty-index:";

    private final Map<Integer, Pty> ptys = new HashMap<>();
    private final Set<Pid> tree = new HashSet<>();
    private final Map<Integer, List<Found>> outside = new HashMap<>();

    private Survey() {}

    /** That of all files of {@code context}. */
    static Survey of(ClaimContext context) {
        Survey survey = new Survey();
        List<OpenFile> files = context.files();
        for (int i = 0; i < files.size(); i++) {
            survey.add(files.get(i), context);
        }
        if (!survey.ptys.isEmpty()) {
            survey.lookOutside();
        }
        return survey;
    }

    private void add(OpenFile file, ClaimContext context) {
        for (Holder holder : file.holders()) {
            tree.add(holder.task());
        }
        Optional<Role> role = Role.of(file, context);
        if (role.isEmpty()) {
            return;
        }
        if (role.get() instanceof Role.Master master) {
            pty(master.index()).master = file;
        } else if (role.get() instanceof Role.Slave slave) {
            pty(slave.index()).slaves.add(file);
        }
    }

    private Pty pty(int index) {
        Pty known = ptys.get(index);
        if (known == null) {
            known = new Pty(index);
            ptys.put(index, known);
        }
        return known;
    }

    private void lookOutside() {
        Set<UnixPath> links = new HashSet<>();
        links.add(PTMX);
        links.add(PTS_PTMX);
        for (Pty pty : ptys.values()) {
            links.add(UnixPath.of(pty.path()));
        }
        Set<Pid> spared = new HashSet<>(tree);
        spared.add(ProcessCalls.self());
        for (Found found : DescriptorSearch.find(links, spared)) {
            int index = index(found);
            if (ptys.containsKey(index)) {
                List<Found> known = outside.get(index);
                if (known == null) {
                    known = new ArrayList<>();
                    outside.put(index, known);
                }
                known.add(found);
            }
        }
    }

    /** Of the pty behind {@code found}; less than 0 when it was closed meanwhile. */
    private static int index(Found found) {
        String link = found.link().toString();
        if (!found.link().equals(PTMX) && !found.link().equals(PTS_PTMX)) {
            return Integer.parseInt(link.substring(link.lastIndexOf('/') + 1));
        }
        Optional<byte[]> info = ProcFile.tryRead(found.task(), "fdinfo/" + found.number());
        String text = info.isEmpty() ? "" : new String(info.get(), StandardCharsets.ISO_8859_1);
        int at = text.indexOf(INDEX);
        int end = text.indexOf('\n', at);
        return at < 0 || end < 0 ? -1 : Integer.parseInt(text.substring(at + INDEX.length(), end).trim());
    }

    /** Pty {@code index}, of which the tree has an end. */
    Pty of(int index) {
        return ptys.get(index);
    }

    /** All ptys of which the tree has the master. */
    List<Pty> whole() {
        List<Pty> whole = new ArrayList<>();
        for (Pty pty : ptys.values()) {
            if (pty.master != null) {
                whole.add(pty);
            }
        }
        return whole;
    }

    /** Whether process {@code pid} is of the tree. */
    boolean hasTask(Pid pid) {
        return tree.contains(pid);
    }

    /** The processes of the tree that hold open files. */
    Set<Pid> tasks() {
        return tree;
    }

    /** Who outside of the tree holds an end of {@code pty}, for people; empty when nobody does. */
    String holders(Pty pty) {
        StringBuilder text = new StringBuilder();
        for (Found found : outside.getOrDefault(pty.index, List.of())) {
            Optional<byte[]> comm = ProcFile.tryRead(found.task(), "comm");
            String name = comm.isEmpty() ? "gone" : new String(comm.get(), StandardCharsets.UTF_8).strip();
            text.append(text.length() == 0 ? "" : ", ").append("fd ").append(found.number()).append(" of process ")
                    .append(found.task()).append(" (").append(name).append(")");
        }
        return text.toString();
    }
}
