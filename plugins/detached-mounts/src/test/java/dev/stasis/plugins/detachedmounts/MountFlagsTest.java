package dev.stasis.plugins.detachedmounts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountFlagsTest {

    @ParameterizedTest
    @CsvSource({
        "read-only, 0x1001, 0x1", "nosuid, 0x1002, 0x2", "nodev, 0x1004, 0x4", "noexec, 0x1008, 0x8", "relatime, 0x1000, 0x0",
        "noatime, 0x400, 0x10", "strictatime, 0, 0x20", "nodiratime, 0x1800, 0x80", "nosymfollow, 0x3000, 0x200000",
        "noatime beside relatime, 0x1400, 0x10", "what is not kept, 0x1070, 0x0", "the kernel's mark of valid flags, 0x1020, 0x0"
    })
    void eachFlagThatIsToldIsSet(String name, String told, String attributes) {
        assertThat(new MountFlags(Integer.decode(told)).attributes()).isEqualTo(Long.decode(attributes));
    }

    @ParameterizedTest
    @CsvSource({"0x100f, 0xe"})
    void whereTheFileSystemItselfIsReadOnlyTheMountNeedNotBe(String told, String attributes) {
        assertThat(new MountFlags(Integer.decode(told)).writable().attributes()).isEqualTo(Long.decode(attributes));
    }
}
