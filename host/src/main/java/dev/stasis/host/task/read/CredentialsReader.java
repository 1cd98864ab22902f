package dev.stasis.host.task.read;

import dev.stasis.host.state.Credentials;
import dev.stasis.linux.proc.TaskStatus;
import java.util.List;

/** Puts together who a thread acts as. */
final class CredentialsReader {
    private CredentialsReader() {}

    static Credentials credentials(TaskStatus status, int secureBits) {
        List<Integer> uids = status.uids();
        List<Integer> gids = status.gids();
        return new Credentials(uids.get(0), gids.get(0), uids.get(1), gids.get(1), uids.get(2), gids.get(2), uids.get(3),
                gids.get(3), status.groups(), status.inheritable(), status.permitted(), status.effective(),
                status.bounding(), status.ambient(), secureBits);
    }
}
