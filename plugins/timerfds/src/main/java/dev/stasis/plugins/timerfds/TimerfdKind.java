package dev.stasis.plugins.timerfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.SharedOutside;
import java.util.List;

/** Timerfds, with what is left of the time and what was not read. They are set last, when the tree is about to run. */
final class TimerfdKind implements FdKind {
    /** CRIU's TIMERFD and its field in a file entry. */
    private static final ImageType TIMERFD = new ImageType(17, 12);
    private static final UnixPath LINK = UnixPath.of("anon_inode:[timerfd]");
    private static final OpenFlags SETTABLE = OpenFlags.APPEND.with(OpenFlags.NONBLOCK).with(OpenFlags.NOATIME);
    /** How far the two clocks may seem to be apart without anybody having set one: reading both takes a moment. */
    private static final long TOLERANCE = 10_000_000;

    private final LiveTimers live = new LiveTimers();

    @Override
    public String name() {
        return "timerfd";
    }

    @Override
    public ImageType imageType() {
        return TIMERFD;
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        if (!file.link().equals(LINK) || file.flags().accessMode() == AccessMode.PATH) {
            return Claim.none();
        }
        TimerState state = live.first(file, context).state();
        if (state.tellsOfClock() && state.ticks() != 0) {
            return Claim.refuse(Claim.Fit.TYPE, "it has expired, or the clock was set (TFD_TIMER_CANCEL_ON_SET), and it was not read:"
                    + " the kernel does not tell which", "dump again when the program has read it");
        }
        return Claim.take(Claim.Fit.TYPE);
    }

    @Override
    public List<Problem> sharedOutside(OpenFile file, List<RemoteFd> outside, ClaimContext context) {
        return SharedOutside.refuse(TimerfdsErrorCode.TIMERFD_SHARED_OUTSIDE, file, outside, context,
                "they would not have the same timer any more");
    }

    @Override
    public byte[] dump(OpenFile file, DumpContext context) {
        return TimerEntry.encode(file, live.sure(file, context));
    }

    @Override
    public List<Problem> plan(FileRecord record, RestoreContext context) {
        TimerEntry.of(record);
        return List.of();
    }

    @Override
    public Fd restore(FileRecord record, RestoreContext context) {
        Fd timer = TimerCalls.create(TimerEntry.of(record).state().clock());
        boolean made = false;
        try {
            int settable = record.flags().bits() & SETTABLE.bits();
            if (settable != 0) {
                FileCalls.flags(timer, new OpenFlags(settable));
            }
            made = true;
            return timer;
        } finally {
            if (!made) {
                timer.close();
            }
        }
    }

    @Override
    public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
        TimerEntry entry = TimerEntry.of(record);
        Arming.arm(file, entry);
        if (entry.clockAhead().isPresent() && Math.abs(TimerCalls.clockAhead() - entry.clockAhead().getAsLong()) > TOLERANCE) {
            context.log().warn(record.holders().get(0) + " (" + record.link() + "): the clock was set since the dump, which this timer was"
                    + " to tell of (TFD_TIMER_CANCEL_ON_SET); it will not");
        }
    }

    @Override
    public String describe(FileRecord record) {
        return "timerfd: " + TimerEntry.of(record).state();
    }
}
