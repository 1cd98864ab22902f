package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Finds who makes the calls that the kernel keeps the caller of: a process of the tree, or one in the place of an ended one. */
final class Callers {
    private final RestoreContext context;
    private final Credentials ours = Credentials.ours();
    private final Map<Integer, Integer> numbersHere = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();

    Callers(RestoreContext context) {
        this.context = context;
    }

    /** Those of process {@code pid} were made by one that had ended. */
    void hasEnded(int pid) {
        ended.add(pid);
    }

    /** Calls of the process of {@code wanted}, as its users; the caller closes them before it asks for others. */
    PeerCalls of(Credentials wanted) {
        if (ended.contains(wanted.pid())) {
            return new CallsOfEndedProcess(wanted, ours);
        }
        RemoteCalls calls = context.remoteCalls(new Pid(wanted.pid()));
        boolean done = false;
        try {
            PeerCalls made = new CallsInTask(calls, wanted, ours);
            done = true;
            return made;
        } finally {
            if (!done) {
                calls.close();
            }
        }
    }

    /** What to say when a call for {@code socket} failed with {@code e}. */
    static RuntimeException failed(MadeSocket socket, KernelException e) {
        if (e.is(Errno.EEXIST) && e.call().equals("clone3")) {
            return new StasisException(numberTaken(socket), e);
        }
        return e;
    }

    /** That the number of an ended process, which {@code socket} was connected by, is in use. */
    static Problem numberTaken(MadeSocket socket) {
        return new Problem(UnixSocketsErrorCode.PEER_NUMBER_TAKEN, socket.toString(), "SO_PEERCRED told of process "
                + socket.peer.pid() + ", which had ended; somebody else has that number now", "restore when that process has ended");
    }

    /** The number that process {@code pid} of the tree has for us. */
    int numberHere(int pid) {
        Integer known = numbersHere.get(pid);
        if (known == null) {
            try (RemoteCalls calls = context.remoteCalls(new Pid(pid))) {
                known = calls.task().number();
            }
            numbersHere.put(pid, known);
        }
        return known;
    }
}
