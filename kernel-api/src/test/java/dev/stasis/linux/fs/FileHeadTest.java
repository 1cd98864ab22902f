package dev.stasis.linux.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FileHeadTest {

    @Test
    void whatWasWrittenIsReadAndContentsFollow() {
        try (Fd file = FileCalls.memfd("head")) {
            assertThat(FileHead.write(file, "message".getBytes(StandardCharsets.UTF_8))).isEqualTo(11);
            FileCalls.write(file, "contents".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(FileHead.read(file, 7), StandardCharsets.UTF_8)).isEqualTo("message");
            assertThat(new String(FileCalls.read(file, 100), StandardCharsets.UTF_8)).isEqualTo("contents");
        }
    }

    @Test
    void anEmptyMessageIsOne() {
        try (Fd file = FileCalls.memfd("head")) {
            FileHead.write(file, new byte[0]);
            assertThat(FileHead.read(file, 0)).isEmpty();
        }
    }

    @Test
    void whatIsCutOrTooLongIsRefusedInWords() {
        try (Fd file = FileCalls.memfd("head")) {
            assertThatThrownBy(() -> FileHead.read(file, 10)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("it is shorter than it should be");
            FileHead.write(file, "message".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> FileHead.read(file, 6)).hasMessage("its entry would be 7 bytes long");
            ContentCalls.resize(file, 10);
            assertThatThrownBy(() -> FileHead.read(file, 10)).hasMessage("it is shorter than it should be");
            FileCalls.position(file, 0);
            FileCalls.write(file, new byte[] {-1, -1, -1, -1});
            assertThatThrownBy(() -> FileHead.read(file, 10)).hasMessage("its entry would be 4294967295 bytes long");
        }
    }
}
