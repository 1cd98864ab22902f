package dev.stasis.plugins.unixsockets;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls that one process makes, acting as certain users, because the kernel keeps with a socket who connected, listened or made the
 * pair. Some dozens are made at once. To be closed.
 */
abstract class PeerCalls implements AutoCloseable {
    /** How many are made at once. */
    static final int AT_ONCE = 32;
    /** Bytes for the results of those. */
    static final int RESULTS = 8 * AT_ONCE;

    private static final int AF_UNIX = 1;
    private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    /** Changing users leaves capabilities alone. */
    private static final int NO_SETUID_FIXUP = 4;

    private final Credentials wanted;
    private final Credentials ours;

    /** As {@code wanted}, by a process that otherwise acts as {@code ours}. */
    PeerCalls(Credentials wanted, Credentials ours) {
        this.wanted = wanted;
        this.ours = ours;
    }

    /** Adds a call; its arguments as for {@link dev.stasis.linux.CallList#add}. What it returns stands for its result in others. */
    abstract Object add(String name, int number, Object... arguments);

    /** Makes what was added. */
    abstract void run();

    /** What an added call returned. */
    abstract int result(Object call);

    /** Where the process has room for results. */
    abstract long results();

    /** The number at {@code offset} of that room. */
    abstract int resultAt(int offset);

    /** The number by which the process has our {@code file}. */
    abstract int give(Fd file);

    /** What the process made as descriptor {@code number}; the caller owns it, and the process has it no more. */
    abstract Fd take(int number);

    boolean changesUsers() {
        return !wanted.hasUsersOf(ours);
    }

    /** Makes a pair of sockets of each of {@code types}. @see socketpair(2) */
    List<Fd[]> pairs(List<Integer> types) {
        List<Fd[]> made = new ArrayList<>(types.size());
        for (int from = 0; from < types.size(); from += AT_ONCE) {
            int count = Math.min(AT_ONCE, types.size() - from);
            Object[] before = become();
            for (int i = 0; i < count; i++) {
                add("socketpair", SyscallNumber.SOCKETPAIR, AF_UNIX, types.get(from + i) | CLOEXEC_NONBLOCK, 0, results() + 8L * i);
            }
            goBack(before);
            run();
            for (int i = 0; i < count; i++) {
                made.add(new Fd[] {take(resultAt(8 * i)), take(resultAt(8 * i + 4))});
            }
        }
        return made;
    }

    /** Has {@code socket} listen. @see listen(2) */
    void listen(Fd socket, int backlog) {
        int number = give(socket);
        Object[] before = become();
        add("listen", SyscallNumber.LISTEN, number, backlog);
        goBack(before);
        run();
    }

    /** Makes sockets of {@code types}, at most {@value #AT_ONCE}, and connects each to the one of {@code addresses}. @see connect(2) */
    List<Fd> connect(List<Integer> types, List<byte[]> addresses) {
        List<Object> sockets = new ArrayList<>(types.size());
        Object[] before = become();
        for (int i = 0; i < types.size(); i++) {
            Object socket = add("socket", SyscallNumber.SOCKET, AF_UNIX, types.get(i) | CLOEXEC_NONBLOCK, 0);
            add("connect", SyscallNumber.CONNECT, socket, addresses.get(i), addresses.get(i).length);
            sockets.add(socket);
        }
        goBack(before);
        run();
        List<Fd> made = new ArrayList<>(types.size());
        for (int i = 0; i < sockets.size(); i++) {
            made.add(take(result(sockets.get(i))));
        }
        return made;
    }

    private Object[] become() {
        if (!changesUsers()) {
            return new Object[0];
        }
        Object[] before = {
            add("prctl PR_GET_SECUREBITS", SyscallNumber.PRCTL, PR_GET_SECUREBITS, 0, 0, 0, 0),
            add("prctl PR_GET_DUMPABLE", SyscallNumber.PRCTL, PR_GET_DUMPABLE, 0, 0, 0, 0),
        };
        add("prctl PR_SET_SECUREBITS", SyscallNumber.PRCTL, PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0);
        users(wanted);
        return before;
    }

    private void goBack(Object[] before) {
        if (before.length > 0) {
            users(ours);
            add("prctl PR_SET_SECUREBITS", SyscallNumber.PRCTL, PR_SET_SECUREBITS, before[0], 0, 0, 0);
            add("prctl PR_SET_DUMPABLE", SyscallNumber.PRCTL, PR_SET_DUMPABLE, before[1], 0, 0, 0);
        }
    }

    private void users(Credentials users) {
        add("setgroups", SyscallNumber.SETGROUPS, users.groups().length, users.groupBytes());
        add("setresgid", SyscallNumber.SETRESGID, -1, users.gid(), -1);
        add("setresuid", SyscallNumber.SETRESUID, -1, users.uid(), -1);
    }

    @Override
    public abstract void close();
}
