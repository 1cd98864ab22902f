package dev.stasis.host.cli;

import dev.stasis.linux.probe.Capability;
import dev.stasis.linux.probe.Privileges;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.List;

/** Refuses commands that cannot succeed for want of privileges, before anything is touched. */
final class Privileged {
    private Privileged() {}

    /** Throws unless this process has the capabilities that no dump and no restore goes without. */
    static void require(String command) {
        Privileges privileges = Privileges.ofThisProcess();
        List<Capability> missing = privileges.missing(Capability.CAP_SYS_PTRACE);
        // CAP_SYS_ADMIN stands in for CAP_CHECKPOINT_RESTORE wherever the kernel asks for that one.
        if (privileges.missing(Capability.CAP_SYS_ADMIN, Capability.CAP_CHECKPOINT_RESTORE).size() == 2) {
            missing.add(Capability.CAP_CHECKPOINT_RESTORE);
        }
        if (!missing.isEmpty()) {
            throw new StasisException(new Problem(CliError.MACHINE_LACKS, "this process",
                    "has not the privileges for a " + command + ": lacks " + names(missing), "run as root"));
        }
    }

    private static String names(List<Capability> capabilities) {
        StringBuilder names = new StringBuilder();
        for (Capability capability : capabilities) {
            names.append(names.length() == 0 ? "" : ", ").append(capability.name());
        }
        return names.toString();
    }
}
