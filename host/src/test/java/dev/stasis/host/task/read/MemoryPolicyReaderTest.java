package dev.stasis.host.task.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.RemoteAddress;
import org.junit.jupiter.api.Test;

/** Mappings that may have a policy of their own are found in /proc/PID/numa_maps. */
class MemoryPolicyReaderTest {
    @Test
    void allThatAreNotByDefault() {
        String text = "00400000 default file=/usr/bin/a mapped=1 N0=1\n7f0000000000 bind=static:0-1 anon=3 N0=3\n"
                + "7f0000100000 prefer (many):0 anon=1\n7ffc00000000 default stack anon=1\n";
        assertThat(MemoryPolicyReader.candidates(text))
                .containsExactlyInAnyOrder(new RemoteAddress(0x7f0000000000L), new RemoteAddress(0x7f0000100000L));
    }
}
