package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OnlineCpusTest {
    @Test
    void theKernelsListIsReadIntoBits() {
        assertThat(parse("0\n")).containsExactly(1, 0);
        assertThat(parse("0-1\n")).containsExactly(3, 0);
        assertThat(parse("0,2-4,9\n")).containsExactly(0b11101, 0b10);
        assertThat(parse("0-15\n")).containsExactly(-1, -1);
    }

    @Test
    void whatIsNoSuchListOrDoesNotFitIsNone() {
        assertThat(parse("0-16\n")).containsExactly(0, 0);
        assertThat(parse("none\n")).containsExactly(0, 0);
        assertThat(OnlineCpus.areAll(new byte[2], parse(""))).isFalse();
    }

    private static byte[] parse(String list) {
        return OnlineCpus.parse(list.getBytes(StandardCharsets.US_ASCII), 2);
    }
}
