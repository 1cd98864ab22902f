package dev.stasis.plugins.ttys;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.plugins.ttys.proto.tty_file_entry;
import dev.stasis.plugins.ttys.proto.tty_info_entry;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisException;
import java.util.HashMap;
import java.util.Map;

/** What an image says of its terminals, by their numbers there. */
final class RestoredInfos {
    private static final String KIND = "tty";

    private final Map<Integer, tty_info_entry> infos = new HashMap<>();

    /** Reads those of the image of {@code context}, in place of any read before. */
    void read(RestoreContext context) {
        infos.clear();
        for (tty_info_entry info : TtyImage.INFO.read(context.image(), tty_info_entry.parser())) {
            infos.put(info.getId(), info);
            if (info.getStasisWaiting()) {
                TtyImage.DATA.require(context.image());
            }
        }
    }

    /** Whether {@code record} is of a terminal. */
    static boolean isTerminal(FileRecord record) {
        return record.kind().equals(KIND);
    }

    /** That of the terminal of {@code record}. */
    tty_info_entry of(FileRecord record) {
        tty_info_entry info = infos.get(id(record));
        if (info == null) {
            throw malformed(record, "the image says nothing of its terminal");
        }
        return info;
    }

    /** That of the master of pty {@code index}. */
    tty_info_entry ofMaster(int index) {
        return infos.get(Info.master(index));
    }

    private static int id(FileRecord record) {
        try {
            return tty_file_entry.parseFrom(record.payload()).getTtyInfoId();
        } catch (InvalidProtocolBufferException e) {
            throw malformed(record, e.getMessage());
        }
    }

    static StasisException malformed(FileRecord record, String reason) {
        return new StasisException(new Problem(TtysErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), reason,
                "the image was not made by this version of the plugin"));
    }

    static boolean isMaster(tty_info_entry info) {
        return info.getType() == Info.PTY && info.hasPty() && info.getId() == Info.master(info.getPty().getIndex());
    }
}
