package dev.stasis.host.cli;

import dev.stasis.host.image.ImageRemoval;
import dev.stasis.host.phase.Discard;
import java.nio.file.Path;
import java.util.Optional;

/** Removes the image that this process has begun, with what it keeps elsewhere, from beside the thread that writes it. */
final class UnfinishedImage implements Runnable {
    private final Path directory;
    private final Session session;

    UnfinishedImage(Path directory, Session session) {
        this.directory = directory;
        this.session = session;
    }

    /** Does nothing where it is sealed, or was not begun. */
    @Override
    public void run() {
        Optional<ImageRemoval> begun = ImageRemoval.ofThisProcess(directory);
        if (begun.isEmpty()) {
            return;
        }
        try (ImageRemoval image = begun.get()) {
            // From here on the other thread cannot seal it, and so never kills the tree, should it come to itself now.
            if (image.revoke()) {
                Discard.run(session.stasis().registry(), image, session.log());
                image.remove();
            }
        }
    }
}
