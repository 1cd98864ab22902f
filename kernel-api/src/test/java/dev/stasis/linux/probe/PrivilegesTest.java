package dev.stasis.linux.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrivilegesTest {
    private static final byte[] STATUS = """
            Name:	cat
            CapInh:	0000000000000000
            CapPrm:	000001fffeffffff
            CapEff:	000001fffeffffff
            CapBnd:	000001fffeffffff
            """.getBytes(StandardCharsets.US_ASCII);

    @Test
    void theEffectiveSetIsRead() {
        Privileges privileges = Privileges.parse(STATUS);

        assertThat(privileges.effective()).isEqualTo(0x1fffeffffffL);
        assertThat(privileges.has(Capability.CAP_SYS_PTRACE)).isTrue();
        assertThat(privileges.missing(Capability.values())).containsExactly(Capability.CAP_SYS_RESOURCE);
    }

    @Test
    void thoseOfThisProcessAreReadable() {
        assertThat(Privileges.ofThisProcess().missing()).isEmpty();
    }
}
