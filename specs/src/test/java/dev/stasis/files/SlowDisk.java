package dev.stasis.files;

import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A control group of its own whose processes can be made to wait for a disk. */
final class SlowDisk {
    private SlowDisk() {}

    /** Such a group, of whichever version the kernel has the controller in; it is removed when its processes have ended. */
    static Path group(Sandbox sandbox) throws IOException {
        Path groups = Files.createDirectory(sandbox.path("groups"));
        try {
            Command.run("mount", "-t", "cgroup", "-o", "blkio", "none", groups.toString());
        } catch (AssertionError | RuntimeException ofTheSecondVersion) {
            Command.run("mount", "-t", "cgroup2", "none", groups.toString());
            Files.writeString(groups.resolve("cgroup.subtree_control"), "+io");
        }
        sandbox.own(() -> Command.run("umount", "-l", groups.toString()));
        Path group = Files.createDirectory(groups.resolve("stasis-spec-" + ProcessHandle.current().pid()));
        sandbox.own(() -> Await.until("the group is empty", () -> remove(group)));
        return group;
    }

    private static boolean remove(Path group) {
        try {
            return Files.deleteIfExists(group);
        } catch (IOException busy) {
            return false;
        }
    }
}
