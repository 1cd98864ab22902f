package dev.stasis.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FdTest {
    private static Fd root() {
        return FileCalls.open(UnixPath.of("/"), OpenFlags.PATH, 0);
    }

    private static boolean isOpen(int number) {
        return Files.exists(Path.of("/proc/self/fd/" + number));
    }

    @Test
    void manyAreClosedAtOnceAndNoOthers() {
        List<Fd> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(root());
        }
        Fd kept = all.remove(7);
        all.get(12).close();
        try (Fd taken = root(); kept) {
            Fd.closeAll(all);
            assertThat(all).noneMatch(Fd::isOpen);
            assertThat(isOpen(kept.number())).isTrue();
            assertThat(isOpen(taken.number())).isTrue();
        }
    }

    @Test
    void aDescriptorCanBeMadeAnotherFilesToo() {
        try (Fd one = root(); Fd other = FileCalls.open(UnixPath.of("/dev/null"), OpenFlags.PATH, 0)) {
            int number = other.number();
            one.duplicateOnto(other);
            assertThat(other.number()).isEqualTo(number);
            assertThat(FileCalls.status(other).inode()).isEqualTo(FileCalls.status(one).inode());
        }
    }
}
