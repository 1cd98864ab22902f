package dev.stasis.plugins.epoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ItemListTest {
    private static final String HEAD = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n";

    private static List<EpollItem> parse(String text) {
        return ItemList.parse(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void readsTheItemsOfAnInstance() {
        assertThat(parse(HEAD
                + "tfd:        4 events: 80000019 data:                4  pos:0 ino:1fb5a02 sdev:f\n"
                + "tfd:  1048575 events: 40000000 data: fedcba9876543210  pos:-1 ino:40e sdev:800001\n"))
                .containsExactly(new EpollItem(4, 0x80000019, 4, 0x1fb5a02, 15),
                        new EpollItem(1048575, 0x40000000, 0xfedcba9876543210L, 0x40e, 0x800001));
    }

    @Test
    void anEmptyInstanceHasNone() {
        assertThat(parse(HEAD)).isEmpty();
        assertThat(parse("")).isEmpty();
    }

    @Test
    void aLineThatIsNotWhollyThereIsRefused() {
        assertThatThrownBy(() -> parse(HEAD + "tfd:        4 events: 80000019 data:"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("data:");
        assertThatThrownBy(() -> parse(HEAD + "tfd:        4 events: 19 data: 4 pos:0\n"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ino:");
    }

    @Property(tries = 200)
    void whateverTheNumbersAre(@ForAll @IntRange(min = 0) int number, @ForAll int events, @ForAll long data, @ForAll int device,
            @ForAll long inode) {
        String line = String.format("tfd: %8d events: %8x data: %16x  pos:%d ino:%x sdev:%x%n", number, events, data, 0, inode, device);
        assertThat(parse(HEAD + line + line)).containsExactly(new EpollItem(number, events, data, inode, device),
                new EpollItem(number, events, data, inode, device));
    }
}
