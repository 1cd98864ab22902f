package dev.stasis.plugins.pipes;

import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What is said about pipes that lead out of the tree. */
final class OutsideText {
    private static final int SHOWN = 3;

    private OutsideText() {}

    /** Such as {@code fd 1 of process 17 (cron), outside the tree, holds its write end}. */
    static String reason(List<Found> outside) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, outside.size()); i++) {
            Found found = outside.get(i);
            text.append(i == 0 ? "" : ", ").append("fd ").append(found.number()).append(" of process ").append(found.task())
                    .append(" (").append(command(found)).append(") holds its ").append(end(found));
        }
        if (outside.size() > SHOWN) {
            text.append(" and ").append(outside.size() - SHOWN).append(" descriptors more do");
        }
        return text.append(", outside the tree").toString();
    }

    private static String command(Found found) {
        Optional<byte[]> comm = ProcFile.tryRead(found.task(), "comm");
        return comm.isPresent() ? new String(comm.get(), StandardCharsets.UTF_8).strip() : "ended meanwhile";
    }

    private static String end(Found found) {
        Optional<byte[]> info = ProcFile.tryRead(found.task(), "fdinfo/" + found.number());
        if (info.isEmpty()) {
            return "end";
        }
        AccessMode mode = new OpenFlags(DescriptorInfo.parse(info.get()).flags()).accessMode();
        return mode == AccessMode.READ ? "read end" : mode == AccessMode.WRITE ? "write end" : "ends";
    }

    /** The exact options that get {@code file} into an image and out of it. */
    static String help(OpenFile file) {
        return "dump with --external '" + file.link() + "' and restore with " + replacement(file.link().toString(), file.holders());
    }

    /** The exact options that get the file of {@code record} out of its image. */
    static String atRestore(FileRecord record) {
        return "restore with " + replacement(record.link().toString(), record.holders());
    }

    private static String replacement(String link, List<Holder> holders) {
        int standard = standard(holders);
        return standard < 0 ? "--inherit-fd 'fd[N]:" + link + "'"
                : "--inherit-fd 'fd[" + standard + "]:" + link + "' or --inherit-stdio";
    }

    /** The standard descriptor among {@code holders}; -1 when there is none. */
    private static int standard(List<Holder> holders) {
        for (Holder holder : holders) {
            if (holder instanceof Holder.Descriptor descriptor && descriptor.number() <= 2) {
                return descriptor.number();
            }
        }
        return -1;
    }
}
