package dev.stasis.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountStatusTest {
    private static final UnixPath HERE = UnixPath.of(System.getProperty("user.dir"));

    private static MountEntry entry(Fd file) {
        return Mounts.parse(ProcFile.read(ProcessCalls.self(), "mountinfo")).byId(FileCalls.status(file).mountId()).orElseThrow();
    }

    @Test
    void itTellsWhatMountinfoTells() {
        try (Fd here = FileCalls.open(HERE, OpenFlags.PATH, 0)) {
            MountEntry entry = entry(here);
            assertThat(MountStatus.ofVisible(here)).contains(new MountStatus(entry.device(), entry.root()));
        }
    }

    @Test
    void byDescriptorItTellsTheSameOrNothing() {
        try (Fd here = FileCalls.open(HERE, OpenFlags.PATH, 0)) {
            MountEntry entry = entry(here);
            Optional<MountStatus> status = MountStatus.tryOf(here);
            assertThat(status).isIn(Optional.empty(), Optional.of(new MountStatus(entry.device(), entry.root())));
        }
    }

    @Test
    void anAnswerIsReadAsTheKernelLaysItOut() {
        byte[] root = "/srv/two\\040words".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer answer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        answer.putLong(8, 0x9).putInt(16, 254).putInt(20, 3).putInt(104, 7);
        answer.position(512 + 7).put(root);
        MountStatus status = MountStatus.decode(answer.array()).orElseThrow();
        assertThat(status.root()).isEqualTo(UnixPath.of("/srv/two words"));
        assertThat(status.device().major()).isEqualTo(254);
        assertThat(status.device().minor()).isEqualTo(3);
    }

    @Test
    void anAnswerWithoutARootIsNone() {
        assertThat(MountStatus.decode(new byte[1024])).isEmpty();
    }
}
