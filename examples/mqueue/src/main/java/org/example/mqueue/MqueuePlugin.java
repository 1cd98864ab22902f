package org.example.mqueue;

import dev.stasis.linux.Errno;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreHook;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** Keeps POSIX message queues with all that is in them. */
public final class MqueuePlugin implements StasisPlugin {
    private static final long NO_QUEUE = -1;

    private final RestoredQueues restored = new RestoredQueues();

    @Override
    public String id() {
        return "mqueue";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new MqueueKind(restored));
    }

    @Override
    public Collection<RestoreHook> restoreHooks() {
        return List.of(new KeepQueues(restored));
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(MqueueKind.REPLACE, "",
                "Empty message queues that are there already, and fill them with what the image holds."));
    }

    @Override
    public List<Problem> check() {
        long answer = SystemCalls.tryCall(SyscallNumber.MQ_UNLINK, NO_QUEUE);
        return answer != -Errno.ENOSYS.number() ? List.of() : List.of(new Problem(MqueueErrorCode.NO_QUEUES, "the kernel",
                "it has no POSIX message queues (ENOSYS)", "use one built with CONFIG_POSIX_MQUEUE"));
    }
}
