package dev.stasis.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.LoopSite;
import dev.stasis.linux.ptrace.RemoteMemory;
import dev.stasis.linux.seed.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds however the calls of a list are made. The kernel is real, and so is the task. */
class CallListTest {
    private static final int ROOM = 1 << 16;
    private static final int PAGE = 4096;
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ_EXECUTE = 5;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int SIGTRAP = 5;

    private Seed seed;
    private RemoteMemory memory;
    private Injection calls;
    private RemoteAddress room;

    /** How the calls are made. */
    enum Way {
        IN_ONE_GO, ONE_BY_ONE
    }

    @BeforeEach
    void spawn() {
        seed = Seed.spawn();
        memory = RemoteMemory.open(seed.pid());
        calls = Injection.beginStepping(seed.task(), seed.callSite());
        room = new RemoteAddress(calls.call("mmap", SyscallNumber.MMAP, 0, ROOM, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0));
        memory.write(room, LoopSite.code());
        calls.call("mprotect", SyscallNumber.MPROTECT, room.value(), PAGE, PROT_READ_EXECUTE);
    }

    @AfterEach
    void end() {
        memory.close();
        seed.close();
    }

    private void make(CallList list, Way way) {
        if (way == Way.IN_ONE_GO) {
            calls.callAll(list, new LoopSite(room), memory, room.plus(PAGE));
        } else {
            list.makeEach(new OneByOne());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallTakesWhatEarlierOnesReturnedAndBytesThatAreLent(Way way) {
        CallList list = new CallList();
        CallList.Call file = list.add("memfd_create", SyscallNumber.MEMFD_CREATE, text("list"), 0);
        CallList.Call twin = list.add("dup", SyscallNumber.DUP, file);
        CallList.Call written = list.add("pwrite64", SyscallNumber.PWRITE64, twin, text("a text"), 6, 0);
        CallList.Call read = list.add("pread64", SyscallNumber.PREAD64, file, room.plus(ROOM / 2), 100, 0);
        list.add("write", SyscallNumber.WRITE, twin, room.plus(ROOM / 2), read);
        CallList.Call size = list.add("lseek", SyscallNumber.LSEEK, file, 0, 2);
        make(list, way);
        list.requireDone(seed.pid());
        assertThat(twin.result()).isEqualTo(file.result() + 1);
        assertThat(written.result()).isEqualTo(6);
        assertThat(size.result()).isEqualTo(6);
        assertThat(new String(memory.read(room.plus(ROOM / 2), 6), StandardCharsets.UTF_8)).isEqualTo("a text");
    }

    @ParameterizedTest
    @EnumSource
    void theFirstFailureEndsItAndIsNamed(Way way) {
        CallList list = new CallList();
        CallList.Call first = list.add("getpid", SyscallNumber.GETPID);
        CallList.Call fails = list.add("open", SyscallNumber.OPENAT, -100, text("/nowhere/at all"), 0, 0);
        CallList.Call last = list.add("close", SyscallNumber.CLOSE, fails);
        make(list, way);
        assertThat(first.result()).isEqualTo(seed.pid().number());
        assertThat(list.failed()).containsSame(fails);
        assertThat(fails.error()).contains(Errno.ENOENT);
        assertThat(last.isMade()).isFalse();
        assertThatThrownBy(last::result).isInstanceOf(IllegalStateException.class).hasMessageContaining("close");
        assertThatThrownBy(() -> list.requireDone(seed.pid())).isInstanceOf(KernelException.class)
                .hasMessage("open(in task " + seed.pid() + "): ENOENT");
    }

    @ParameterizedTest
    @EnumSource
    void oneThatMayFailIsFollowedAllTheSame(Way way) {
        CallList list = new CallList();
        CallList.Call fails = list.add("close", SyscallNumber.CLOSE, 77).mayFail();
        CallList.Call next = list.add("getppid", SyscallNumber.GETPPID);
        make(list, way);
        list.requireDone(seed.pid());
        assertThat(fails.error()).contains(Errno.EBADF);
        assertThat(next.result()).isEqualTo(ProcessCalls.self().number());
    }

    @ParameterizedTest
    @EnumSource
    void aListMayTakeWhatAnotherReturnedThatWasMade(Way way) {
        CallList one = new CallList();
        CallList.Call file = one.add("memfd_create", SyscallNumber.MEMFD_CREATE, text("one"), 0);
        assertThatThrownBy(() -> new CallList().add("close", SyscallNumber.CLOSE, file)).isInstanceOf(IllegalArgumentException.class);
        make(one, way);
        CallList two = new CallList();
        CallList.Call closed = two.add("close", SyscallNumber.CLOSE, file);
        make(two, way);
        assertThat(closed.result()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void hundredsOfCallsAreMadeInTheirOrder(Way way) {
        CallList list = new CallList();
        List<CallList.Call> made = new ArrayList<>();
        CallList.Call file = list.add("memfd_create", SyscallNumber.MEMFD_CREATE, text("many"), 0);
        for (int i = 0; i < 300; i++) {
            made.add(list.add("dup", SyscallNumber.DUP, file));
        }
        assertThat(list.size()).isLessThan(ROOM - PAGE);
        make(list, way);
        for (int i = 0; i < made.size(); i++) {
            assertThat(made.get(i).result()).isEqualTo(file.result() + 1 + i);
        }
    }

    /** Each sends itself the signal that the end of the list is known by, before and in the middle of it. */
    @ParameterizedTest
    @EnumSource
    void aStrangersTrapIsNotTakenForTheEnd(Way way) {
        int pid = seed.pid().number();
        ProcessCalls.killThread(seed.pid(), seed.pid(), SIGTRAP);
        CallList list = new CallList();
        CallList.Call sent = list.add("tgkill", SyscallNumber.TGKILL, pid, pid, SIGTRAP);
        CallList.Call last = list.add("getpid", SyscallNumber.GETPID);
        make(list, way);
        list.requireDone(seed.pid());
        assertThat(sent.result()).isZero();
        assertThat(last.result()).isEqualTo(pid);
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** A scope that knows no better. */
    private final class OneByOne implements RemoteCalls {
        private int lent = ROOM / 4;

        @Override
        public Pid task() {
            return seed.pid();
        }

        @Override
        public long call(int number, long... arguments) {
            return calls.call("call " + number, number, arguments);
        }

        @Override
        public long tryCall(int number, long... arguments) {
            return calls.tryCall(number, arguments);
        }

        @Override
        public RemoteAddress lend(byte[] bytes) {
            RemoteAddress address = lend(bytes.length);
            memory.write(address, bytes);
            return address;
        }

        @Override
        public RemoteAddress lend(int size) {
            RemoteAddress address = room.plus(lent);
            lent += size;
            return address;
        }

        @Override
        public byte[] read(RemoteAddress address, int length) {
            return memory.read(address, length);
        }

        @Override
        public RemoteFd receive(Fd file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
