package dev.stasis.plugins.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.fs.ContentCalls;
import dev.stasis.linux.fs.FileCalls;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class QueueFileTest {

    @Property(tries = 50)
    void whatIsWrittenIsReadAgain(@ForAll @Size(max = 30) List<@Size(max = 200) byte[]> packets, @ForAll byte last) {
        try (Fd file = FileCalls.memfd("queues")) {
            QueueWriter writer = new QueueWriter(file);
            for (int i = 0; i < packets.size(); i++) {
                writer.add(i % 3, packets.get(i), i % 2 == 0 ? null : new byte[] {0, last}, i % 4 == 0 ? new Credentials(i, 1, 2, new int[0]) : null);
            }
            writer.flush();
            Map<Integer, List<QueueFile.Packet>> read = QueueFile.index(file);
            for (int i = 0; i < packets.size(); i++) {
                QueueFile.Packet packet = read.get(i % 3).get(i / 3);
                NativeMemory memory = NativeMemory.allocate(1 + packets.get(i).length);
                FileCalls.readAt(file, memory, packets.get(i).length, packet.contents());
                assertThat(memory.get(0, packets.get(i).length)).isEqualTo(packets.get(i));
                assertThat(packet.entry().hasSender()).isEqualTo(i % 2 != 0);
                assertThat(packet.entry().hasUcred()).isEqualTo(i % 4 == 0);
            }
        }
    }

    @Example
    void packetsThatAreLongerThanABufferAreWrittenToo() {
        try (Fd file = FileCalls.memfd("queues")) {
            QueueWriter writer = new QueueWriter(file);
            writer.add(1, new byte[3 << 20], null, null);
            writer.add(2, new byte[] {7}, null, null);
            writer.flush();
            assertThat(QueueFile.index(file).get(1).get(0).entry().getLength()).isEqualTo(3 << 20);
            assertThat(QueueFile.index(file).get(2)).hasSize(1);
        }
    }

    @Property(tries = 50)
    void whatIsCutIsRefusedInWords(@ForAll byte length) {
        try (Fd file = FileCalls.memfd("queues")) {
            QueueWriter writer = new QueueWriter(file);
            writer.add(1, new byte[40], null, null);
            writer.flush();
            int cut = 1 + (length & 0xff) % 12;
            ContentCalls.resize(file, cut);
            if (cut != 8) {
                assertThatThrownBy(() -> QueueFile.index(file)).hasMessageContaining("sk-queues.img");
            }
        }
    }
}
