package dev.stasis.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of the lines of /proc/PID/maps those of shared mappings count, whatever their paths look like. */
class SharedMappingsTest {

    private static Set<Long> found(String maps) {
        Set<Long> found = new HashSet<>();
        SharedMappings.addAll(maps.getBytes(StandardCharsets.ISO_8859_1), found);
        return found;
    }

    @Test
    void sharedOnesAreFoundByInodeAndPrivateOnesAreNot() {
        assertThat(found("""
                55d0c0000000-55d0c0001000 r--p 00000000 fe:00 131                        /usr/bin/perl
                7f0000000000-7f0000001000 rw-s 00001000 fe:00 4711                       /tmp/a name s with (deleted)
                7f0000001000-7f0000002000 ---s 00000000 00:1a 99
                7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
                """)).containsExactlyInAnyOrder(4711L, 99L);
    }

    @Test
    void nothingIsFoundInNothing() {
        assertThat(found("")).isEmpty();
    }
}
