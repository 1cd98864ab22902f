package dev.stasis.host.image;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The image files that plugins write. What they wrote is only known when they are done, so it is summed up afterwards. */
final class PluginFiles {
    private final TargetDirectory target;
    private final ChecksumThread checksums;
    private final List<PluginFile> files = new ArrayList<>();
    /** Those that were begun on before the tree stood still. */
    private final Map<String, PluginFile> ahead = new HashMap<>();

    PluginFiles(TargetDirectory target, ChecksumThread checksums) {
        this.target = target;
        this.checksums = checksums;
    }

    /** One of them; the checksum is null until its computation has begun, with the state that the file had then. */
    private static final class PluginFile {
        private final String name;
        private FileStatus begun;
        private Fd file;
        private FileChecksum checksum;

        PluginFile(String name) {
            this.name = name;
        }
    }

    /** Creates {@code name}; the caller closes it. */
    Fd create(String name) {
        checkName(name);
        PluginFile begun = ahead.remove(name);
        Fd file = target.create(name);
        if (begun != null) {
            FileCalls.position(file, 0);
        }
        files.add(begun != null ? begun : new PluginFile(name));
        return file;
    }

    /** Creates {@code name}, which {@link #create} gives again; the caller closes it. */
    Fd createAhead(String name) {
        checkName(name);
        Fd file = target.createAhead(name);
        ahead.put(name, new PluginFile(name));
        return file;
    }

    /** Sums up all that was created ahead. */
    void sumUpAhead() {
        for (PluginFile file : ahead.values()) {
            begin(file);
            file.checksum.complete();
        }
    }

    /** Removes all that was created ahead. */
    void dropAhead() {
        for (PluginFile file : ahead.values()) {
            close(file);
            target.drop(file.name);
        }
        ahead.clear();
    }

    private static void checkName(String name) {
        if (!ImageNames.isPlain(name) || name.equals(ImageNames.MANIFEST) || name.equals(ImageNames.UNSEALED)) {
            throw new IllegalArgumentException("not a name for an image file: " + name);
        }
    }

    /** Begins to sum up what there is of large files, in the expectation that most of them will not change any more. */
    void sumUpBehind() {
        for (PluginFile file : files) {
            if (file.checksum == null || hasChanged(file)) {
                begin(file);
            }
            if (file.checksum.waiting() > FileChecksum.STEP) {
                checksums.add(file.checksum);
            }
        }
    }

    private void begin(PluginFile file) {
        close(file);
        file.file = target.open(file.name);
        file.begun = target.directory().status(file.file, file.name);
        file.checksum = new FileChecksum(file.file);
        file.checksum.available(file.begun.size());
    }

    /** Adds all of them to {@code sealed}; starts over for those that changed since their checksum was begun. */
    void seal(List<SealedFile> sealed) {
        for (PluginFile file : files) {
            if (file.checksum == null || hasChanged(file)) {
                begin(file);
            }
            try {
                sealed.add(new SealedFile(file.name, file.begun.size(), file.checksum.complete()));
            } catch (KernelException e) {
                throw ImageFailure.reading(target.directory().of(file.name), e);
            }
            close(file);
        }
    }

    private boolean hasChanged(PluginFile file) {
        FileStatus now = target.directory().status(file.file, file.name);
        return now.size() != file.begun.size() || !now.modified().equals(file.begun.modified());
    }

    private static void close(PluginFile file) {
        if (file.file != null) {
            file.file.close();
        }
    }

    /** Closes what is still open. */
    void close() {
        for (PluginFile file : files) {
            close(file);
        }
        for (PluginFile file : ahead.values()) {
            close(file);
        }
    }
}
