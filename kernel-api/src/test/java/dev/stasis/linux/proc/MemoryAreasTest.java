package dev.stasis.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MemoryAreasTest {
    private final List<MemoryArea> smaps = MemoryAreas.parse(Captures.of("smaps"));
    private final List<MemoryArea> maps = MemoryAreas.parse(Captures.of("maps"));

    @Test
    void smapsAndMapsTellOfTheSameAreas() {
        assertThat(smaps).hasSameSizeAs(maps).hasSizeGreaterThan(12);
        for (int i = 0; i < maps.size(); i++) {
            MemoryArea area = smaps.get(i);
            assertThat(new MemoryArea(area.start(), area.end(), area.protection(), area.shared(), area.offset(), area.inode(),
                    area.path(), Set.of())).isEqualTo(maps.get(i));
        }
    }

    @Test
    void aFileMappingHasItsProtectionOffsetAndInode() {
        MemoryArea code = named("/usr/bin/python3.11").stream().filter(a -> a.allows(MemoryArea.EXECUTE)).findFirst().orElseThrow();

        assertThat(code.protection()).isEqualTo(MemoryArea.READ | MemoryArea.EXECUTE);
        assertThat(code.shared()).isFalse();
        assertThat(code.offset()).isPositive();
        assertThat(code.inode().device()).isEqualTo(new DeviceNumber(0xfe, 0));
        assertThat(code.flags()).contains("rd", "ex", "mr", "mw", "me").doesNotContain("wr");
    }

    @Test
    void aLineFeedInAPathComesBack() {
        MemoryArea area = named("/srv/data/new\nline").get(0);

        assertThat(area.shared()).isTrue();
        assertThat(area.inode()).isEqualTo(new InodeId(new DeviceNumber(0xfe, 0), 8577029));
        assertThat(area.length()).isEqualTo(8192);
    }

    @Test
    void aDeletedFileKeepsTheKernelsRemark() {
        assertThat(named("/srv/data/gone file (deleted)")).hasSize(1);
    }

    @Test
    void sharedAnonymousMemoryIsToldFromFilesAndMemfds() {
        assertThat(smaps.stream().filter(MemoryArea::isSharedAnonymous)).hasSize(1)
                .allSatisfy(area -> assertThat(area.inode().number()).isEqualTo(1203));
        assertThat(named("/memfd:mem (deleted)")).singleElement().satisfies(area -> assertThat(area.hasInode()).isTrue());
    }

    @Test
    void theFirstSystemVSegmentHasAnInodeAlthoughItsNumberIsZero() {
        MemoryArea area = MemoryAreas.parse("7fa610930000-7fa610931000 rw-s 00000000 00:01 0    /SYSV00000000 (deleted)\n"
                .getBytes(StandardCharsets.UTF_8)).get(0);

        assertThat(area.hasInode()).isTrue();
        assertThat(area.isSystemV()).isTrue();
        assertThat(area.isSharedAnonymous()).isFalse();
    }

    @Test
    void theStackGrowsDown() {
        assertThat(named("[stack]")).singleElement().satisfies(area -> {
            assertThat(area.has("gd")).isTrue();
            assertThat(area.hasInode()).isFalse();
        });
    }

    @Test
    void theLastPageOfTheAddressSpaceIsNotNegative() {
        MemoryArea vsyscall = named("[vsyscall]").get(0);

        assertThat(vsyscall.start()).isEqualTo(new RemoteAddress(0xffffffffff600000L));
        assertThat(vsyscall.length()).isEqualTo(4096);
        assertThat(smaps.get(smaps.size() - 1)).isEqualTo(vsyscall);
    }

    @Test
    void aProtectionKeyIsTold() {
        String line = "1000-2000 r--p 00000000 00:00 0 \nSize:                  4 kB\n";
        String keys = line + "ProtectionKey:         0\nVmFlags: rd mr \n" + line.replace("1000-2000", "2000-3000")
                + "ProtectionKey:        15\nVmFlags: rd mr \n" + line.replace("1000-2000", "3000-4000") + "VmFlags: rd mr \n";
        assertThat(MemoryAreas.parse(keys.getBytes(StandardCharsets.US_ASCII))).extracting(area -> area.has(MemoryArea.PROTECTION_KEY))
                .containsExactly(false, true, false);
    }

    @Test
    void thisProcessItselfIsReadable() {
        assertThat(MemoryAreas.parse(ProcFile.read(ProcessCalls.self(), "smaps")))
                .anySatisfy(area -> assertThat(area.isNamed("[stack]")).isTrue());
    }

    @Test
    void flagsAreFoundWhereverTheFiguresBeforeThemEnd() {
        String head = "1000-2000 r--p 00000000 00:00 0 \n";
        String tail = "2000-3000 rw-p 00000000 00:00 0 \n";
        String small = "Size:                  4 kB\nRss:                   0 kB\n";
        String large = "Size:      1000000000000 kB\nRss:       1000000000 kB\n";
        for (String first : List.of(small, large)) {
            for (String second : List.of(small, large)) {
                List<MemoryArea> areas = MemoryAreas.parse((head + first + "VmFlags: rd mr \n" + tail + second + "VmFlags: wr \n"
                        + head + first + "VmFlags: sh \n").getBytes(StandardCharsets.UTF_8));
                assertThat(areas).extracting(MemoryArea::flags)
                        .containsExactly(Set.of("rd", "mr"), Set.of("wr"), Set.of("sh"));
            }
        }
    }

    @Test
    void bytesThatAreNoAreasAreRefusedWithThePlace() {
        assertThatThrownBy(() -> MemoryAreas.parse("nonsense\n".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at byte 0").hasMessageContaining("nonsense");
    }

    @Property
    void anyAreaIsReadBack(@ForAll @LongRange(min = 0, max = 1L << 46) long page, @ForAll @LongRange(min = 1, max = 1 << 20) long pages,
            @ForAll long inode, @ForAll @Size(max = 30) byte[] name) {
        for (int i = 0; i < name.length; i++) {
            name[i] = name[i] == 0 || name[i] == '\\' || name[i] == ' ' ? (byte) 'x' : name[i];
        }
        String escaped = ("/" + new String(name, StandardCharsets.ISO_8859_1)).replace("\n", "\\012");
        String line = Long.toHexString(page * 4096) + "-" + Long.toHexString((page + pages) * 4096) + " rw-s 00001000 08:11 "
                + Long.toUnsignedString(inode) + "    " + escaped + "\n";

        MemoryArea area = MemoryAreas.parse(line.getBytes(StandardCharsets.ISO_8859_1)).get(0);

        assertThat(area.start().value()).isEqualTo(page * 4096);
        assertThat(area.length()).isEqualTo(pages * 4096);
        assertThat(area.inode()).isEqualTo(new InodeId(new DeviceNumber(8, 0x11), inode));
        assertThat(area.path()).isEqualTo(UnixPath.of(("/" + new String(name, StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1)));
    }

    private List<MemoryArea> named(String path) {
        return smaps.stream().filter(area -> area.path().equals(UnixPath.of(path))).toList();
    }
}
