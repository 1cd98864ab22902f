package dev.stasis.host.image;

import dev.stasis.linux.Errno;
import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.DirectoryCalls;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The directory that a dump writes into: made when missing, refused unless empty, and undone again on demand. */
final class TargetDirectory implements AutoCloseable {
    private static final int PRIVATE = 0700;

    private final ImageDirectory directory;
    private final Deque<UnixPath> made;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Fd> expected = new HashMap<>();

    private TargetDirectory(ImageDirectory directory, Deque<UnixPath> made) {
        this.directory = directory;
        this.made = made;
    }

    /** Opens {@code path} for a new image; makes it, and the directories above it, mode 0700, when missing. */
    static TargetDirectory create(Path path) {
        Deque<UnixPath> made = new ArrayDeque<>();
        String text = path.toAbsolutePath().normalize().toString();
        try {
            makeAll(UnixPath.of(text), made);
            ImageDirectory directory = openDirectory(text);
            TargetDirectory target = new TargetDirectory(directory, made);
            target.refuseUnlessEmpty();
            return target;
        } catch (RuntimeException e) {
            removeAll(made);
            throw e;
        }
    }

    private static void makeAll(UnixPath path, Deque<UnixPath> made) {
        if (FileCalls.tryStatus(path).isPresent()) {
            return;
        }
        makeAll(path.parent(), made);
        try {
            if (DirectoryCalls.tryMake(path, PRIVATE)) {
                made.push(path);
            }
        } catch (KernelException e) {
            throw ImageFailure.writing(path.toString(), e);
        }
    }

    private static ImageDirectory openDirectory(String path) {
        try {
            Fd directory = FileCalls.open(UnixPath.of(path), OpenFlags.RDONLY.with(OpenFlags.DIRECTORY), 0);
            return new ImageDirectory(path, directory);
        } catch (KernelException e) {
            if (e.is(Errno.ENOTDIR)) {
                throw ImageFailure.refusal(ImageError.NOT_A_DIRECTORY, path, "it is not a directory",
                        "choose a directory that does not exist yet, or an empty one");
            }
            throw ImageFailure.writing(path, e);
        }
    }

    private void refuseUnlessEmpty() {
        List<String> present = new ArrayList<>();
        for (UnixPath name : DirectoryCalls.list(directory.descriptor())) {
            // The log of this very dump may stand there already: CRIU's users put it beside the image.
            if (!name.endsWith(".log")) {
                present.add(name.toString());
            }
        }
        if (!present.isEmpty()) {
            directory.close();
            throw notEmpty(directory.of(""), present);
        }
    }

    private static RuntimeException notEmpty(String path, List<String> present) {
        if (present.contains(ImageNames.MANIFEST)) {
            return ImageFailure.refusal(ImageError.IMAGE_EXISTS, path, "it holds a complete image",
                    "remove it if it is not needed any more, or choose another directory");
        }
        if (present.contains(ImageNames.UNSEALED)) {
            return ImageFailure.refusal(ImageError.IMAGE_UNFINISHED, path,
                    "it holds an unfinished image, left by a dump that was killed or still goes on",
                    "remove it if no dump goes on, or choose another directory");
        }
        return ImageFailure.refusal(ImageError.DIRECTORY_NOT_EMPTY, path,
                "it is not empty: it holds " + present.get(0) + (present.size() > 1 ? " and others" : ""),
                "choose an empty directory or one that does not exist yet");
    }

    /** The directory, borrowed. */
    ImageDirectory directory() {
        return directory;
    }

    /** Creates {@code name} already, for when it is asked for: creating files is most of what small ones cost. */
    void expect(String name) {
        expected.put(name, directory.create(name));
    }

    /** Like {@link #expect}, and gives a descriptor of it, which the caller closes. */
    Fd createAhead(String name) {
        expect(name);
        return expected.get(name).duplicate();
    }

    /** Removes {@code name} if it was expected and not asked for. */
    void drop(String name) {
        Fd unused = expected.remove(name);
        if (unused != null) {
            unused.close();
            directory.tryRemove(name);
        }
    }

    /** Removes what was expected and not asked for. */
    void dropExpected() {
        for (Map.Entry<String, Fd> unused : expected.entrySet()) {
            unused.getValue().close();
            directory.tryRemove(unused.getKey());
        }
        expected.clear();
    }

    /** Creates {@code name}, if it was not expected; the caller closes it. */
    Fd create(String name) {
        Fd known = expected.remove(name);
        Fd file = known == null ? directory.create(name) : known;
        names.add(name);
        return file;
    }

    /** Opens {@code name}, which is expected or was created here, for reading; the caller closes it. */
    Fd open(String name) {
        Optional<Fd> file = directory.open(name);
        if (file.isEmpty()) {
            throw ImageFailure.missing(directory.of(name));
        }
        return file.get();
    }

    /** Opens {@code name} for reading if it was created here; the caller closes it. */
    Optional<Fd> tryOpen(String name) {
        return names.contains(name) ? directory.open(name) : Optional.empty();
    }

    /** Waits until all files created here, {@code manifest} among them under this name, and the directory are on the device. */
    void sync(String manifest) {
        for (String name : names) {
            String present = name.equals(ImageNames.UNSEALED) ? manifest : name;
            try (Fd file = open(present)) {
                DirectoryCalls.sync(file);
            } catch (KernelException e) {
                throw ImageFailure.writing(directory.of(present), e);
            }
        }
        try {
            DirectoryCalls.sync(directory.descriptor());
        } catch (KernelException e) {
            throw ImageFailure.writing(directory.of(""), e);
        }
    }

    /** Removes all files created here and all directories made for them. */
    void undo() {
        dropExpected();
        for (String name : names) {
            directory.tryRemove(name);
        }
        names.clear();
        removeAll(made);
    }

    private static void removeAll(Deque<UnixPath> made) {
        while (!made.isEmpty()) {
            DirectoryCalls.tryRemove(made.pop());
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
