package dev.stasis.host.image;

import com.google.protobuf.UnsafeByteOperations;
import dev.stasis.host.image.proto.stasis_run_entry;
import dev.stasis.host.image.proto.stasis_xsave_entry;
import dev.stasis.host.image.proto.user_x86_fpregs_entry;
import dev.stasis.host.image.proto.user_x86_xsave_entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * FPU and vector state: all of it without its runs of zeros (a processor with AMX has 11 KB of them), and beside that the
 * reference's view of the legacy and AVX parts.
 */
final class ExtendedStateCodec {
    /** FXSAVE area and XSAVE header. */
    private static final int LEGACY = 512;
    private static final int HEADER_END = 576;
    private static final int AVX_END = 832;
    private static final int AVX = 4;
    /** A shorter run of zeros costs less when it is stored. */
    private static final int WORTHWHILE = 16;
    private static final int LARGEST = 1 << 20;

    private ExtendedStateCodec() {}

    /** All of {@code state}. Looks at eight bytes at a time, which matters while this code is still interpreted. */
    static stasis_xsave_entry sparse(byte[] state) {
        stasis_xsave_entry.Builder entry = stasis_xsave_entry.newBuilder().setSize(state.length);
        ByteBuffer area = ByteBuffer.wrap(state);
        int at = skipZeros(area, 0);
        while (at < state.length) {
            int end = endOfData(area, at);
            entry.addRuns(stasis_run_entry.newBuilder()
                    .setOffset(at)
                    .setData(UnsafeByteOperations.unsafeWrap(state, at, end - at)));
            at = skipZeros(area, end);
        }
        return entry.build();
    }

    private static boolean isZero(ByteBuffer area, int at) {
        if (area.capacity() - at >= Long.BYTES) {
            return area.getLong(at) == 0;
        }
        boolean zero = true;
        for (int i = at; i < area.capacity(); i++) {
            zero &= area.get(i) == 0;
        }
        return zero;
    }

    private static int skipZeros(ByteBuffer area, int from) {
        int at = from;
        while (at < area.capacity() && isZero(area, at)) {
            at += Long.BYTES;
        }
        return at;
    }

    private static int endOfData(ByteBuffer area, int from) {
        int end = from;
        int at = from;
        while (at < area.capacity() && at - end < WORTHWHILE) {
            if (!isZero(area, at)) {
                end = at + Long.BYTES;
            }
            at += Long.BYTES;
        }
        return Math.min(end, area.capacity());
    }

    /** The state that {@code entry} holds. */
    static byte[] full(stasis_xsave_entry entry) {
        MalformedImage.unless(entry.getSize() >= 0 && entry.getSize() <= LARGEST, "it has an FPU state of impossible size");
        byte[] state = new byte[entry.getSize()];
        for (stasis_run_entry run : entry.getRunsList()) {
            int length = run.getData().size();
            MalformedImage.unless(run.getOffset() >= 0 && run.getOffset() <= state.length - length,
                    "its FPU state reaches beyond its size");
            run.getData().copyTo(state, run.getOffset());
        }
        return state;
    }

    /** The legacy and AVX parts of {@code state} for whoever looks into the image. */
    static user_x86_fpregs_entry view(byte[] state) {
        ByteBuffer area = ByteBuffer.wrap(state.length >= LEGACY ? state : new byte[LEGACY]).order(ByteOrder.LITTLE_ENDIAN);
        user_x86_fpregs_entry.Builder entry = user_x86_fpregs_entry.newBuilder()
                .setCwd(area.getShort(0) & 0xffff)
                .setSwd(area.getShort(2) & 0xffff)
                .setTwd(area.getShort(4) & 0xffff)
                .setFop(area.getShort(6) & 0xffff)
                .setRip(area.getLong(8))
                .setRdp(area.getLong(16))
                .setMxcsr(area.getInt(24))
                .setMxcsrMask(area.getInt(28));
        for (int at = 32; at < 160; at += Integer.BYTES) {
            entry.addStSpace(area.getInt(at));
        }
        for (int at = 160; at < 416; at += Integer.BYTES) {
            entry.addXmmSpace(area.getInt(at));
        }
        return state.length < AVX_END ? entry.build() : entry.setXsave(vectors(area)).build();
    }

    private static user_x86_xsave_entry vectors(ByteBuffer area) {
        long present = area.getLong(LEGACY);
        user_x86_xsave_entry.Builder entry = user_x86_xsave_entry.newBuilder().setXstateBv(present);
        if ((present & AVX) != 0) {
            for (int at = HEADER_END; at < AVX_END; at += Integer.BYTES) {
                entry.addYmmhSpace(area.getInt(at));
            }
        }
        return entry.build();
    }
}
