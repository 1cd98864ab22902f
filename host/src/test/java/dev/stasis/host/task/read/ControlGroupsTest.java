package dev.stasis.host.task.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Control groups are told without what changes from boot to boot, and compared one by one. */
class ControlGroupsTest {
    @Test
    void theNumbersOfHierarchiesAreLeftOut() {
        assertThat(ControlGroups.withoutNumbers("3:memory:/a\n2:cpu,cpuacct:/\n0::/user.slice/b\n"))
                .isEqualTo("memory:/a cpu,cpuacct:/ :/user.slice/b");
    }

    @Test
    void onlyThoseThatDifferAreTold() {
        assertThat(ControlGroups.without("memory:/a cpu:/ :/b", "memory:/a cpu:/ :/c")).isEqualTo(":/b");
        assertThat(ControlGroups.without(":/b", ":/b")).isEmpty();
    }
}
