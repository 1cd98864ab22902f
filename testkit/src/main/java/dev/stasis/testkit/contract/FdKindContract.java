package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.spi.Claim;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.StasisPlugin;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every kind of open file must do: inherit, say how files of the kind are opened and what their state is, and run. All
 * calls go through {@link AssertingPlugin}, so order, threads, and use of contexts are checked besides.
 */
public abstract class FdKindContract extends FileContract {
    private static final int CLOEXEC = 0x80000;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;

    /** The name of the kind. */
    protected abstract String kind();

    @Override
    final String subject() {
        return kind();
    }

    @Override
    final ContractSubject subjectOf(StasisPlugin plugin) {
        return new KindSubject(kindOf(plugin));
    }

    private FdKind kindOf(StasisPlugin plugin) {
        for (FdKind kind : plugin.fdKinds()) {
            if (kind.name().equals(kind())) {
                return kind;
            }
        }
        throw new AssertionError("plugin " + plugin.id() + " has no kind " + kind());
    }

    @Test
    protected void filesOfOtherKindsAreLeftToOthers() {
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        LocalFiles others = new LocalFiles();
        try (Fd event = Fd.own((int) SystemCalls.call("eventfd2", "", SyscallNumber.EVENTFD2, 0, CLOEXEC));
                Fd epoll = Fd.own((int) SystemCalls.call("epoll_create1", "", SyscallNumber.EPOLL_CREATE1, CLOEXEC));
                Fd socket = Fd.own((int) SystemCalls.call("socket", "", SyscallNumber.SOCKET, AF_NETLINK, SOCK_RAW | CLOEXEC, 0))) {
            for (Fd other : List.of(event, epoll, socket)) {
                // Unless it is of this very kind, as /proc shows it.
                if (local().all().stream().noneMatch(own -> own.link().equals(LocalFiles.link(other)))) {
                    others.add(other);
                }
            }
            try (ContractDump dump = new ContractDump(plugin, subjectOf(plugin), others, image, options(), log)) {
                for (OpenFile file : others.all()) {
                    Claim claim = kindOf(plugin).claim(file, dump.looking());
                    assertThat(claim).as("the claim on " + file).isInstanceOf(Claim.None.class);
                }
            }
        }
    }

    @Test
    protected void recordsAreDescribedInOneLine() {
        for (FileRecord record : dump()) {
            assertThat(kindOf(plugin()).describe(record)).isNotBlank().doesNotContain("\n");
        }
    }
}
