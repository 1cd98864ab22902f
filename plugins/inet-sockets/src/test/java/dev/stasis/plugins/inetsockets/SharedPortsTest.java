package dev.stasis.plugins.inetsockets;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.inetsockets.proto.fown_entry;
import dev.stasis.plugins.inetsockets.proto.inet_sk_entry;
import dev.stasis.plugins.inetsockets.proto.sk_opts_entry;
import dev.stasis.plugins.inetsockets.proto.socket_option;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SharedPortsTest {
    private static final Endpoint ANY = new Endpoint(Endpoint.IPV4, new byte[4], 53, 0, 0);
    private static final Endpoint ONE = new Endpoint(Endpoint.IPV4, new byte[] {127, 0, 0, 1}, 53, 0, 0);
    private static final Endpoint TWO = new Endpoint(Endpoint.IPV4, new byte[] {127, 0, 0, 2}, 53, 0, 0);

    private static inet_sk_entry socket(Endpoint address, boolean reuseAddress, boolean reusePort, int user) {
        inet_sk_entry.Builder entry = inet_sk_entry.newBuilder().setId(1).setIno(1).setFamily(Endpoint.IPV4)
                .setType(SocketHead.SOCK_DGRAM).setProto(SocketOptions.SOL_UDP).setState(SocketHead.CLOSE)
                .setSrcPort(address.port()).setDstPort(0).setFlags(2).setBacklog(0).setUid(user)
                .setFown(fown_entry.newBuilder().setUid(0).setEuid(0).setSignum(0).setPidType(0).setPid(0))
                .setOpts(sk_opts_entry.newBuilder().setSoSndbuf(0).setSoRcvbuf(0).setSoSndTmoSec(0).setSoSndTmoUsec(0)
                        .setSoRcvTmoSec(0).setSoRcvTmoUsec(0).setReuseaddr(reuseAddress));
        EntryAddress.source(address, entry);
        if (reusePort) {
            entry.addOptions(socket_option.newBuilder().setLevel(SocketOptions.SOL_SOCKET).setName(SocketOptions.SO_REUSEPORT)
                    .setValue(ByteString.copyFrom(new byte[] {1, 0, 0, 0})));
        }
        return entry.build();
    }

    private static boolean shared(Endpoint address, inet_sk_entry... sockets) {
        List<FileRecord> records = new ArrayList<>();
        for (int i = 0; i < sockets.length; i++) {
            records.add(new FileRecord(new OpenFileId(i + 1), InetSocketKind.NAME, OpenFlags.RDWR, OptionalLong.empty(),
                    FileOwner.NOBODY, UnixPath.of("socket:[1]"), List.of(new Holder.Descriptor(new Pid(1), i, false)), null,
                    sockets[i].toByteArray()));
        }
        return SharedPorts.of(records).isShared(address, sockets[0]);
    }

    @Test
    void aPortOfOneSocketIsNotShared() {
        assertThat(shared(ANY, socket(ANY, false, false, 0))).isFalse();
    }

    @Test
    void whatItsOptionsAllowNeedsNothingElse() {
        assertThat(shared(ANY, socket(ANY, true, false, 0), socket(ONE, true, false, 0))).isFalse();
        assertThat(shared(ANY, socket(ANY, false, true, 7), socket(ANY, false, true, 7))).isFalse();
        assertThat(shared(ONE, socket(ONE, false, false, 0), socket(TWO, false, false, 0))).isFalse();
    }

    @Test
    void whatItsOptionsDoNotAllowDoes() {
        assertThat(shared(ANY, socket(ANY, false, false, 0), socket(ONE, true, false, 0))).isTrue();
        assertThat(shared(ANY, socket(ANY, false, true, 7), socket(ANY, false, true, 8))).isTrue();
        assertThat(shared(ONE, socket(ONE, false, false, 0), socket(ONE, false, false, 0))).isTrue();
    }
}
