package dev.stasis.linux.ptrace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.RemoteAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class SignalFrameTest {
    private static final int WITH_TILE_DATA = 11008;
    private static final int WITHOUT_TILE_DATA = 2816;
    private static final long TILE_DATA = 1L << 18;

    @Test
    void aFrameClaimsNoTileDataWhenTheThreadHasNone() {
        ByteBuffer state = stateOf(frame(state(0x600e7, 0x7)));
        assertThat(state.getInt(464 + 16)).isEqualTo(WITHOUT_TILE_DATA);
        assertThat(state.getLong(464 + 8) & TILE_DATA).isZero();
        assertThat(state.getInt(WITHOUT_TILE_DATA)).isEqualTo(0x46505845);
    }

    @Test
    void aFrameClaimsTileDataWhenTheThreadHasThem() {
        ByteBuffer state = stateOf(frame(state(0x600e7, 0x7 | TILE_DATA)));
        assertThat(state.getInt(464 + 16)).isEqualTo(WITH_TILE_DATA);
        assertThat(state.getLong(464 + 8) & TILE_DATA).isEqualTo(TILE_DATA);
        assertThat(state.getInt(WITH_TILE_DATA)).isEqualTo(0x46505845);
    }

    private static byte[] state(long features, long inUse) {
        ByteBuffer state = ByteBuffer.allocate(WITH_TILE_DATA).order(ByteOrder.LITTLE_ENDIAN);
        return state.putLong(464, features).putLong(512, inUse).array();
    }

    private static byte[] frame(byte[] extended) {
        return SignalFrame.build(RemoteAddress.NULL, RemoteAddress.NULL, Registers.of(new long[Registers.COUNT]), 0, extended);
    }

    /** The extended state in {@code frame}, found by the pointer to it; the frame stands at address 0. */
    private static ByteBuffer stateOf(byte[] frame) {
        ByteBuffer all = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        int at = (int) all.getLong(48 + 144 + 40);
        return all.slice(at, frame.length - at).order(ByteOrder.LITTLE_ENDIAN);
    }
}
