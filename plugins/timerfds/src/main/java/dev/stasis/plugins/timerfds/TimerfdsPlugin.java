package dev.stasis.plugins.timerfds;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps timerfds. */
public final class TimerfdsPlugin implements StasisPlugin {

    @Override
    public String id() {
        return "timerfds";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new TimerfdKind());
    }

    @Override
    public List<Problem> check() {
        try (Fd timer = TimerCalls.create(TimerCalls.MONOTONIC)) {
            TimerCalls.ticks(timer, 1);
            return List.of();
        } catch (KernelException e) {
            return List.of(new Problem(TimerfdsErrorCode.TICKS_NOT_SETTABLE, "this kernel", e.getMessage(),
                    "it must be built with CONFIG_CHECKPOINT_RESTORE to restore timerfds with expirations that were not read"));
        }
    }
}
