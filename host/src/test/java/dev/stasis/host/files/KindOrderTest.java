package dev.stasis.host.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KindOrderTest {

    private record Named(String name, DumpStage dumpStage, Set<String> after) implements FdKind {
        @Override
        public ImageType imageType() {
            return new ImageType(1001, 1001);
        }

        @Override
        public Claim claim(OpenFile file, ClaimContext context) {
            return Claim.none();
        }

        @Override
        public byte[] dump(OpenFile file, DumpContext context) {
            return new byte[0];
        }

        @Override
        public Fd restore(FileRecord record, RestoreContext context) {
            throw new UnsupportedOperationException();
        }
    }

    private static FdKind early(String name, String... after) {
        return new Named(name, DumpStage.FILES, Set.of(after));
    }

    private static FdKind late(String name, String... after) {
        return new Named(name, DumpStage.LATE, Set.of(after));
    }

    private static List<String> order(FdKind... kinds) {
        return KindOrder.of(List.of(kinds)).stream().map(FdKind::name).toList();
    }

    @Test
    void lateKindsComeAfterAllOthers() {
        assertThat(order(late("watch"), early("file"), late("ghost"), early("pipe"))).containsExactly("file", "pipe", "watch", "ghost");
    }

    @Test
    void aKindComesAfterThoseItNamesAndUnknownNamesDoNotMatter() {
        assertThat(order(early("epoll", "pipe", "timer", "no such kind"), early("pipe", "file"), early("file"), early("timer")))
                .containsExactly("file", "pipe", "timer", "epoll");
    }

    @Test
    void kindsThatWantToComeAfterEachOtherAreRefusedByName() {
        assertThatThrownBy(() -> order(early("a", "b"), early("b", "a"), early("c"))).hasMessageContaining("kinds a, b")
                .hasMessageContaining("each wants to come after another");
    }

    @Test
    void anEarlyKindAfterALateOneIsACircleToo() {
        assertThatThrownBy(() -> order(early("a", "b"), late("b"))).hasMessageContaining("kinds a, b");
    }
}
