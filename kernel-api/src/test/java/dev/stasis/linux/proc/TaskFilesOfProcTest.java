package dev.stasis.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TaskFilesOfProcTest {

    @Test
    void statTellsKinshipAndTheAddressesOfTheProgram() {
        TaskStat stat = TaskStat.parse(Captures.of("stat"));

        assertThat(stat).extracting(TaskStat::pid, TaskStat::name, TaskStat::state, TaskStat::parent, TaskStat::group,
                TaskStat::session).containsExactly(15328, "python3", 'R', 15326, 15321, 3394);
        assertThat(stat.startTime()).isEqualTo(353640);
        assertThat(stat.startCode()).isEqualTo(94630586499072L);
        assertThat(stat.startBrk()).isEqualTo(94631473471488L);
        assertThat(stat.environmentEnd()).isEqualTo(140722669043663L);
        assertThat(stat.isKernelThread()).isFalse();
        assertThat(stat.isZombie()).isFalse();
    }

    @Test
    void aNameWithParenthesesAndBlanksDoesNotConfuseStat() {
        TaskStat stat = TaskStat.parse(Captures.of("stat-parentheses"));

        assertThat(stat.name()).isEqualTo("a) R (b");
        assertThat(stat.state()).isEqualTo('R');
        assertThat(stat.parent()).isEqualTo(15326);
    }

    @Test
    void aKernelThreadIsRecognized() {
        assertThat(TaskStat.parse(ProcFile.read(new Pid(2), "stat")).isKernelThread()).isTrue();
    }

    @Test
    void statusTellsCredentialsAndSignals() {
        TaskStatus status = TaskStatus.parse(Captures.of("status"));

        assertThat(status.threadGroup()).isEqualTo(15328);
        assertThat(status.namespacePids()).containsExactly(15328);
        assertThat(status.umask()).isEqualTo(022);
        assertThat(status.uids()).containsExactly(0, 0, 0, 0);
        assertThat(status.groups()).isEmpty();
        assertThat(status.ignored()).isEqualTo(0x1001000);
        assertThat(status.caught()).isEqualTo(0x202);
        assertThat(status.effective()).isEqualTo(0x1fffeffffffL);
        assertThat(status.tracer()).isZero();
        assertThat(status.seccomp()).isZero();
        assertThat(status.noNewPrivileges()).isFalse();
        assertThat(status.hugePages()).isTrue();
    }

    @Test
    void protectionFromSpeculativeExecution() {
        for (String state : new String[] {"Speculation_Store_Bypass:\tthread mitigated", "Speculation_Store_Bypass:\tthread force mitigated",
            "SpeculationIndirectBranch:\tconditional disabled", "SpeculationIndirectBranch:\tconditional force disabled"}) {
            assertThat(TaskStatus.parse((state + "\n").getBytes(StandardCharsets.US_ASCII)).mitigatesSpeculation()).as(state).isTrue();
        }
        for (String state : new String[] {"Speculation_Store_Bypass:\tthread vulnerable", "Speculation_Store_Bypass:\tglobally mitigated",
            "Speculation_Store_Bypass:\tnot vulnerable", "SpeculationIndirectBranch:\tconditional enabled",
            "SpeculationIndirectBranch:\talways disabled", "Name:\tthread mitigated"}) {
            assertThat(TaskStatus.parse((state + "\n").getBytes(StandardCharsets.US_ASCII)).mitigatesSpeculation()).as(state).isFalse();
        }
    }

    @Test
    void groupsAndFilteredTasksAreRead() {
        TaskStatus status = TaskStatus.parse(("Gid:\t1\t2\t3\t4\nGroups:\t4 24 27 \nNoNewPrivs:\t1\nSeccomp:\t2\n"
                + "THP_enabled:\t0\nx86_Thread_features:\tshstk wrss \n").getBytes(StandardCharsets.ISO_8859_1));

        assertThat(status.gids()).containsExactly(1, 2, 3, 4);
        assertThat(status.groups()).containsExactly(4, 24, 27);
        assertThat(status.noNewPrivileges()).isTrue();
        assertThat(status.seccomp()).isEqualTo(2);
        assertThat(status.hugePages()).isFalse();
        assertThat(status.threadFeatures()).isEqualTo("shstk wrss");
        assertThat(status.umask()).isEqualTo(-1);
    }

    @Test
    void timersAreToldWithTheirWayOfNotification() {
        RemoteAddress value = new RemoteAddress(0x1234);
        assertThat(TimerEntry.parse(Captures.of("timers"))).containsExactly(
                new TimerEntry(2, 10, value, 4, 15328, 1),
                new TimerEntry(1, 10, value, 1, 15328, 1),
                new TimerEntry(0, 10, value, 0, 15328, 1));
        assertThat(TimerEntry.parse(new byte[0])).isEmpty();
    }

    @Test
    void theAuxiliaryVectorEndsWithItsNullPair() {
        long[] vector = ProcFile.parseLongs(Captures.of("auxv"));

        assertThat(vector).hasSizeGreaterThan(20);
        assertThat(vector[vector.length - 1]).isZero();
        assertThat(vector[vector.length - 2]).isZero();
    }

    @Test
    void descriptorInfoTellsPositionAndFlags() {
        DescriptorInfo info = DescriptorInfo.parse(Captures.of("fdinfo"));

        assertThat(info.position()).isZero();
        assertThat(info.flags()).isEqualTo(02100002);
        assertThat(info.mountId()).isEqualTo(43);
        assertThat(info.inode()).isEqualTo(8577029);
        assertThat(info.rest()).isEmpty();
        assertThat(new OpenFlags(info.flags()).bits() & 3).isEqualTo(2);
    }

    @Test
    void mountsAreFoundById() {
        Mounts mounts = Mounts.parse(Captures.of("mountinfo"));

        assertThat(mounts.byId(43)).hasValueSatisfying(root -> {
            assertThat(root.mountPoint()).isEqualTo(UnixPath.of("/"));
            assertThat(root.device()).isEqualTo(new DeviceNumber(254, 0));
            assertThat(root.tags()).isEmpty();
        });
        assertThat(mounts.byId(7)).isEmpty();
    }

    @Test
    void blanksInMountPointsAndMissingSourcesAreRead() {
        Mounts mounts = Mounts.parse(Captures.of("mountinfo"));

        assertThat(mounts.byId(63)).hasValueSatisfying(mount -> {
            assertThat(mount.mountPoint()).isEqualTo(UnixPath.of("/srv/mnt point"));
            assertThat(mount.source()).isEqualTo("src dev");
        });
        assertThat(mounts.byId(64)).hasValueSatisfying(mount -> {
            assertThat(mount.root()).isEqualTo(UnixPath.of("/sub dir"));
            assertThat(mount.tags()).containsExactly("shared:7", "master:3");
            assertThat(mount.source()).isEmpty();
            assertThat(mount.superOptions()).isEqualTo("rw");
            assertThat(mount.isReadOnly()).isTrue();
        });
    }

    @Test
    void theMountsOfThisProcessAreReadable() {
        assertThat(Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo")).entries()).isNotEmpty();
    }

    @Test
    void aTaskThatIsGoneIsAnAnswer() {
        assertThat(ProcFile.tryRead(new Pid(Integer.MAX_VALUE), "stat")).isEmpty();
        assertThat(ProcFile.threads(new Pid(Integer.MAX_VALUE))).isEmpty();
        assertThat(ProcFile.children(new Pid(Integer.MAX_VALUE))).isEmpty();
    }

    @Test
    void threadsAndChildrenOfThisProcessAreListed() throws Exception {
        Process child = new ProcessBuilder("sleep", "100").start();
        try {
            assertThat(ProcFile.threads(ProcessCalls.self())).contains(ProcessCalls.self(), ProcessCalls.selfThread());
            assertThat(ProcFile.children(ProcessCalls.self())).contains(new Pid((int) child.pid()));
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void statOfNonsenseIsRefused() {
        assertThatThrownBy(() -> TaskStat.parse("12 no name".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("parentheses");
    }
}
