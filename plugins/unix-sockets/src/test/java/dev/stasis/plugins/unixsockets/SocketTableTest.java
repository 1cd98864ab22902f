package dev.stasis.plugins.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.fs.FileCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;

class SocketTableTest {
    private final UnixCalls calls = new UnixCalls();

    private static Fd[] pair(int type) {
        NativeMemory ends = NativeMemory.allocate(8);
        SystemCalls.call("socketpair", "", SyscallNumber.SOCKETPAIR, 1, type | 0x80000, 0, ends.address());
        return new Fd[] {Fd.own(ends.getInt(0)), Fd.own(ends.getInt(4))};
    }

    private static int inode(Fd socket) {
        return (int) FileCalls.status(socket).inode().number();
    }

    @Example
    void tellsWhoIsConnectedToWhomAndHowMuchWaits() {
        Fd[] ends = pair(1);
        try (Fd one = ends[0]; Fd other = ends[1]) {
            FileCalls.write(one, new byte[300]);
            calls.shutdown(one, 2);
            SocketTable table = SocketTable.read();
            KnownSocket first = table.find(inode(one));
            KnownSocket second = table.find(inode(other));
            assertThat(first.peer()).isEqualTo(second.inode());
            assertThat(second.peer()).isEqualTo(first.inode());
            assertThat(second.waiting()).isEqualTo(300);
            assertThat(first.shutdown()).isEqualTo(2);
            assertThat(second.shutdown()).isEqualTo(1);
            assertThat(first.name()).isEmpty();
        }
    }

    @Example
    void tellsNamesBacklogAndWhatWaitsToBeAccepted() {
        byte[] name = ("\0stasis-test-" + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
        try (Fd listener = calls.socket(5); Fd client = calls.socket(5)) {
            assertThat(calls.tryBind(listener, name)).isZero();
            SystemCalls.call("listen", listener, SyscallNumber.LISTEN, listener.number(), 7);
            assertThat(calls.tryConnect(client, UnixCalls.address(name))).isZero();
            KnownSocket known = SocketTable.read().find(inode(listener));
            assertThat(known.isListening()).isTrue();
            assertThat(known.name()).isEqualTo(name);
            assertThat(known.backlog()).isEqualTo(7);
            assertThat(known.waiting()).isEqualTo(1);
            assertThat(known.pending()).containsExactly(inode(client));
            assertThat(SocketTable.read().find(inode(client)).peer()).isZero();
        }
    }

    @Example
    void asksForOneThatCameLater() {
        SocketTable table = SocketTable.read();
        try (Fd late = calls.socket(2)) {
            assertThat(table.find(inode(late)).type()).isEqualTo(2);
            assertThat(table.find(inode(late)).peer()).isEqualTo(-1);
        }
        assertThat(table.find(1)).isNull();
    }

    @Example
    void readsAnAnswerOfTheKernel() {
        ByteBuffer answer = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        answer.putInt(44).putShort((short) 20).putShort((short) 2).putLong(0);
        answer.put((byte) 1).put((byte) 2).put((byte) 7).put((byte) 0).putInt(4711).putLong(0);
        answer.putShort((short) 9).putShort((short) 0).put("\0name".getBytes(StandardCharsets.US_ASCII));
        KnownSocket socket = SocketTable.of(answer.array()).find(4711);
        assertThat(socket.isDatagram()).isTrue();
        assertThat(new String(socket.name(), StandardCharsets.US_ASCII)).isEqualTo("\0name");
    }
}
