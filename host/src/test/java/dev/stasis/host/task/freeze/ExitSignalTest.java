package dev.stasis.host.task.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The signal for the parent is the 38th field, whatever the name in the second one holds. */
class ExitSignalTest {
    @Test
    void itIsFoundBehindANameWithBlanksAndParentheses() {
        StringBuilder stat = new StringBuilder("4711 (a) b (c) S");
        for (int field = 4; field <= 52; field++) {
            stat.append(' ').append(field == 38 ? 29 : field == 40 ? -1 : field);
        }
        assertThat(ExitSignal.of(stat.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(29);
    }
}
