package dev.stasis.plugins.inheritfd;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.process.ProcessCalls;
import java.util.Map;
import java.util.Optional;

/** The descriptors that this process was handed when it started, by number or by the names that LISTEN_FDNAMES gives them. */
final class Handed {
    private static final int FIRST = 3;

    private final Map<String, String> environment;

    Handed(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The number that {@code label}, a number or a name, means; throws {@link IllegalArgumentException} saying why none. */
    int number(String label) {
        try {
            return Integer.parseInt(label);
        } catch (NumberFormatException e) {
            return named(label);
        }
    }

    private int named(String name) {
        String names = environment.get("LISTEN_FDNAMES");
        if (names == null) {
            throw new IllegalArgumentException("LISTEN_FDNAMES, which would name descriptors, is not set");
        }
        String meant = environment.get("LISTEN_PID");
        if (meant != null && !meant.equals(ProcessCalls.self().toString())) {
            throw new IllegalArgumentException("the descriptors of LISTEN_FDNAMES are meant for process " + meant);
        }
        int number = FIRST;
        for (int start = 0; start <= names.length(); number++) {
            int end = names.indexOf(':', start) < 0 ? names.length() : names.indexOf(':', start);
            if (names.substring(start, end).equals(name)) {
                return number;
            }
            start = end + 1;
        }
        throw new IllegalArgumentException("no descriptor has that name; LISTEN_FDNAMES is " + names);
    }

    /**
     * Descriptor {@code number}, borrowed; empty when this process was not given it. What Java itself has opened since is
     * close-on-exec, which a descriptor that was handed over an exec cannot be, or a jar, or belongs to the Java installation.
     */
    static Optional<Fd> find(int number) {
        if (number < 0) {
            return Optional.empty();
        }
        Optional<Boolean> closeOnExec = FileCalls.tryCloseOnExec(number);
        if (closeOnExec.isEmpty() || closeOnExec.get()) {
            return Optional.empty();
        }
        String link = FileCalls.readLink(UnixPath.of("/proc/self/fd/" + number)).toString();
        boolean ofJava = link.startsWith(System.getProperty("java.home")) || link.endsWith(".jar");
        return ofJava ? Optional.empty() : Optional.of(Fd.own(number));
    }
}
