package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Problem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what would keep sockets from being made, by looking alone. */
final class SocketPlan {
    static final Errno EADDRINUSE = new Errno(98);

    private final UnixCalls calls;
    private final RealPlaces places;
    private final Set<ByteBuffer> triedNames = new HashSet<>();

    SocketPlan(UnixCalls calls, RealPlaces places) {
        this.calls = calls;
        this.places = places;
    }

    /** Another restore begins. */
    void begin() {
        triedNames.clear();
    }

    /** What would keep {@code socket} from being made. */
    List<Problem> problems(MadeSocket socket) {
        List<Problem> problems = new ArrayList<>();
        if (socket.isConnectedAgain()) {
            planConnection(socket, problems);
        } else if (socket.entry.getExternal()) {
            problems.add(new Problem(UnixSocketsErrorCode.SOCKET_NOT_REPLACED, socket.toString(),
                    "it led out of the tree when it was dumped", "restore with --inherit-fd 'fd[N]:" + socket.record.link() + "'"));
            return problems;
        }
        if (socket.entry.getPeerCredentials().getEnded()
                && FileCalls.tryStatus(ProcFile.path(new Pid(socket.peer.pid()), "")).isPresent()) {
            problems.add(Callers.numberTaken(socket));
        }
        if (socket.entry.hasPlace()) {
            Optional<String> obstacle = places.obstacle(socket.entry.getPlace());
            if (obstacle.isPresent()) {
                problems.add(new Problem(UnixSocketsErrorCode.PLACE_MISSING, socket.toString(), "it was bound to "
                        + RealPlaces.path(socket.entry.getPlace()) + ", and " + obstacle.get(), ""));
            }
        }
        planName(socket, problems);
        return problems;
    }

    private void planConnection(MadeSocket socket, List<Problem> problems) {
        byte[] name = socket.otherName();
        try (Fd probe = calls.socket(UnixCalls.DATAGRAM)) {
            long result = calls.tryConnect(probe, UnixCalls.address(name));
            if (result < 0) {
                problems.add(new Problem(UnixSocketsErrorCode.SOCKET_NOT_REPLACED, socket.toString(), "it was connected to "
                        + Names.text(name) + ", outside the tree, which cannot be reached now: " + new Errno((int) -result),
                        "start who is to be there, or restore with --inherit-fd 'fd[N]:" + socket.record.link() + "'"));
            }
        }
    }

    private void planName(MadeSocket socket, List<Problem> problems) {
        boolean isAbstract = socket.name.length > 0 && socket.name[0] == 0;
        if (isAbstract && triedNames.add(ByteBuffer.wrap(socket.name))) {
            try (Fd probe = calls.socket(socket.type())) {
                if (UnixCalls.is(calls.tryBind(probe, socket.name), EADDRINUSE)) {
                    problems.add(nameTaken(socket));
                }
            }
        }
    }

    /** That somebody else has the name of {@code socket}. */
    static Problem nameTaken(MadeSocket socket) {
        return new Problem(UnixSocketsErrorCode.NAME_TAKEN, socket.toString(), "somebody else has its name, "
                + Names.text(socket.name) + ", now", "end that process");
    }
}
