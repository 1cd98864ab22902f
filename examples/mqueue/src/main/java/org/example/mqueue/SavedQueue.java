package org.example.mqueue;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A queue as an image has it, in a file of its own. What a later version adds comes behind what there is now, and is not read
 * by this one.
 *
 * @param attributes what it has room for, and how many messages it had
 * @param messages those, the one that is received first before the others
 */
record SavedQueue(QueueAttributes attributes, int mode, int uid, int gid, List<Message> messages) {
    private static final int MOST_MESSAGES = 1 << 16;
    private static final int MOST_BYTES = 1 << 24;

    /** The image file of queue {@code number}. */
    static String file(int number) {
        return "stasis-mqueue-" + number + ".img";
    }

    /** Writes it as queue {@code number}. */
    void write(int number, ImageOutput image) {
        try (Fd file = image.create(file(number))) {
            FileCalls.write(file, bytes());
        }
    }

    private byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(attributes.mostMessages());
            out.writeLong(attributes.mostBytes());
            out.writeInt(mode);
            out.writeInt(uid);
            out.writeInt(gid);
            out.writeInt(messages.size());
            for (Message message : messages) {
                out.writeInt(message.priority());
                out.writeInt(message.bytes().length);
                out.write(message.bytes());
            }
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Reads queue {@code number}. */
    static SavedQueue read(int number, ImageInput image) {
        Optional<Fd> file = image.open(file(number));
        if (file.isEmpty()) {
            throw new StasisException(new Problem(MqueueErrorCode.MESSAGES_MISSING, file(number), "the image has no such file",
                    "take the image directory as a whole"));
        }
        try (Fd open = file.get(); DataInputStream in = new DataInputStream(new ByteArrayInputStream(ProcFile.readAll(open)))) {
            return read(in);
        } catch (IOException damaged) {
            throw new StasisException(new Problem(MqueueErrorCode.MALFORMED, file(number), "it ends too early, or has impossible"
                    + " numbers in it", "the image was not made by this version of the plugin"), damaged);
        }
    }

    private static SavedQueue read(DataInputStream in) throws IOException {
        long mostMessages = in.readLong();
        long mostBytes = in.readLong();
        int mode = in.readInt();
        int uid = in.readInt();
        int gid = in.readInt();
        int count = in.readInt();
        require(mostMessages > 0 && mostMessages <= MOST_MESSAGES && mostBytes > 0 && mostBytes <= MOST_BYTES
                && count >= 0 && count <= mostMessages);
        List<Message> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int priority = in.readInt();
            int length = in.readInt();
            require(length >= 0 && length <= mostBytes);
            messages.add(new Message(priority, in.readNBytes(length)));
            require(messages.get(i).bytes().length == length);
        }
        return new SavedQueue(new QueueAttributes(mostMessages, mostBytes, count), mode, uid, gid, messages);
    }

    private static void require(boolean holds) throws IOException {
        if (!holds) {
            throw new IOException("malformed");
        }
    }
}
