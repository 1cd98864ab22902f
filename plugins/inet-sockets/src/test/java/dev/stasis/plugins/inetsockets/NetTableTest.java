package dev.stasis.plugins.inetsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.plugins.inetsockets.NetTable.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetTableTest {
    private static final String TCP = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:46A0 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 33260666 1 0000000000000000 100 0 0 10 0
               1: 0100007F:1C03 0200007F:B1D2 06 00000000:00000000 03:00000F7A 00000000     0        0 0 3 0000000000000000
            """;
    private static final String UDP6 = """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
             1442: 00000000000000000000000001000000:8235 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 34186790 2 0000000000000000 0
            """;

    private static List<Row> parse(String text) {
        List<Row> rows = new ArrayList<>();
        NetTable.parse(text, rows);
        return rows;
    }

    @Test
    void tellsPortStateAndInode() {
        assertThat(parse(TCP)).hasSize(2);
        assertThat(parse(TCP).get(0)).satisfies(row -> {
            assertThat(row.port()).isEqualTo(18080);
            assertThat(row.state()).isEqualTo(SocketHead.LISTEN);
            assertThat(row.inode()).isEqualTo(33260666);
        });
        assertThat(parse(TCP).get(1).inode()).isZero();
        assertThat(parse(UDP6)).singleElement().satisfies(row -> assertThat(row.port()).isEqualTo(0x8235));
    }

    @Test
    void groupsOfIpv4StandBelowTheirDevice() {
        assertThat(GroupLines.device("12\tlo        :     1      V3")).isEqualTo(12);
        assertThat(GroupLines.device("Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter")).isZero();
        assertThat(GroupLines.device("\t\t\t\t010707EF     1 0:00000000\t\t0")).isZero();
        assertThat(GroupLines.ipv4("\t\t\t\t010707EF     1 0:00000000\t\t0")).containsExactly(239, 7, 7, 1);
    }

    @Test
    void groupsOfIpv6HaveTheirDeviceBeside() {
        GroupLines.Group group = GroupLines.ipv6("4    eth0            ff020000000000000000000000000001     1 0000000C 0");
        assertThat(group.number()).isEqualTo(4);
        assertThat(AddressText.of(group.address())).isEqualTo("ff02::1");
    }
}
