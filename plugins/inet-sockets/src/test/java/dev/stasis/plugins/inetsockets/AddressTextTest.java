package dev.stasis.plugins.inetsockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "1::", "fe80::1:2", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8",
        "1:0:0:4::8", "::ffff:1.2.3.4", "255.0.10.1"})
    void isWrittenAsPeopleWriteIt(String text) throws UnknownHostException {
        byte[] bytes = text.startsWith("::ffff:") ? mapped(text.substring(7)) : InetAddress.getByName(text).getAddress();
        assertThat(AddressText.of(bytes)).isEqualTo(text);
    }

    private static byte[] mapped(String text) throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        System.arraycopy(InetAddress.getByName(text).getAddress(), 0, bytes, 12, 4);
        return bytes;
    }

    @Property
    void ofAnyAddressLeadsBackToIt(@ForAll @Size(8) int @IntRange(max = 3) [] groups) throws UnknownHostException {
        byte[] bytes = new byte[16];
        for (int i = 0; i < groups.length; i++) {
            bytes[2 * i + 1] = (byte) groups[i];
        }
        assertThat(InetAddress.getByName(AddressText.of(bytes))).isEqualTo(Inet6Address.getByAddress(null, bytes, -1));
    }
}
