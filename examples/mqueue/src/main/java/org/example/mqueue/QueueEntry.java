package org.example.mqueue;

import dev.stasis.linux.UnixPath;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The kind's message about one open file: which queue it is of.
 *
 * @param queue the number of the queue in the image
 * @param name its name, without a slash
 * @param unlinked whether it had lost that name
 */
record QueueEntry(int queue, UnixPath name, boolean unlinked) {
    private static final int MOST_NAME = 255;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(queue);
            out.writeShort(name.length());
            out.write(name.bytes());
            out.writeBoolean(unlinked);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    static QueueEntry of(FileRecord record) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record.payload()))) {
            int queue = in.readInt();
            int length = in.readUnsignedShort();
            byte[] name = in.readNBytes(length);
            QueueEntry entry = new QueueEntry(queue, UnixPath.of(name), in.readBoolean());
            if (name.length != length || length == 0 || length > MOST_NAME || queue <= 0 || entry.name.toString().indexOf('/') >= 0) {
                throw new IOException("impossible");
            }
            return entry;
        } catch (IOException | IllegalArgumentException damaged) {
            throw new StasisException(new Problem(MqueueErrorCode.MALFORMED, "file entry " + record.id(),
                    "it is no entry of a message queue", "the image was not made by this version of the plugin"), damaged);
        }
    }
}
