package dev.stasis.plugins.timerfds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.plugins.timerfds.proto.fown_entry;
import dev.stasis.plugins.timerfds.proto.timerfd_entry;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.OptionalLong;

/**
 * What an image says of a timer.
 *
 * @param state how it stood
 * @param expires when it was to expire, by CLOCK_REALTIME; empty unless it was set for a time of the day
 * @param clockAhead how much CLOCK_REALTIME was ahead of CLOCK_MONOTONIC; empty unless the timer is to tell when that changes
 */
record TimerEntry(TimerState state, OptionalLong expires, OptionalLong clockAhead) {
    private static final long SECOND = 1_000_000_000;

    /** What to write of {@code file}, of which {@code look} tells. */
    static byte[] encode(OpenFile file, LiveTimers.Look look) {
        TimerState state = look.state();
        timerfd_entry.Builder entry = timerfd_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setFown(owner(file.owner()))
                .setClockid(state.clock())
                .setTicks(state.ticks())
                .setSettimeFlags(state.flags())
                .setVsec(state.left() / SECOND)
                .setVnsec(state.left() % SECOND)
                .setIsec(state.interval() / SECOND)
                .setInsec(state.interval() % SECOND);
        if (look.expires() != 0) {
            entry.setExpires(look.expires());
        }
        if (state.tellsOfClock()) {
            entry.setClockAhead(TimerCalls.clockAhead());
        }
        return entry.build().toByteArray();
    }

    private static fown_entry owner(FileOwner owner) {
        return fown_entry.newBuilder()
                .setUid(owner.uid())
                .setEuid(owner.effectiveUid())
                .setSignum(owner.signal())
                .setPidType(owner.type())
                .setPid(owner.id())
                .build();
    }

    /** What {@code record} says; throws {@link StasisException} when it is no entry of a timer. */
    static TimerEntry of(FileRecord record) {
        try {
            timerfd_entry entry = timerfd_entry.parseFrom(record.payload());
            TimerState state = new TimerState(entry.getClockid(), entry.getTicks(), entry.getSettimeFlags(),
                    TimerState.nanos(entry.getVsec(), entry.getVnsec()), TimerState.nanos(entry.getIsec(), entry.getInsec()));
            if (entry.hasExpires() && entry.getExpires() <= 0) {
                throw malformed(record, "the timer expires at " + entry.getExpires(), null);
            }
            return new TimerEntry(state, entry.hasExpires() ? OptionalLong.of(entry.getExpires()) : OptionalLong.empty(),
                    entry.hasClockAhead() ? OptionalLong.of(entry.getClockAhead()) : OptionalLong.empty());
        } catch (InvalidProtocolBufferException e) {
            throw malformed(record, e.getMessage(), e);
        }
    }

    private static StasisException malformed(FileRecord record, String reason, Throwable cause) {
        return new StasisException(new Problem(TimerfdsErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), reason,
                "the image was not made by this version of the plugin"), cause);
    }
}
