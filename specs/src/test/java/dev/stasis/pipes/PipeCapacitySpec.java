package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.testkit.PluginJars;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pipe may be larger than whoever restores it may make one. Needs setpriv of util-linux. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class PipeCapacitySpec {
    private static final int LARGEST = 1 << 20;
    private static final int BEYOND = 3 << 19;
    private static final byte[] ROOM_OF_LARGEST = {0x18, (byte) 0x80, (byte) 0x80, 0x40};
    private static final byte[] ROOM_BEYOND = {0x18, (byte) 0x80, (byte) 0x80, 0x60};
    private static final String RESTORE = "exec setpriv --inh-caps=-sys_resource --bounding-set=-sys_resource %s restore -d -D %s"
            + " --plugins-dir %s --pidfile pid";

    private static Path image(Stasis stasis, Sandbox sandbox) {
        Puppet puppet = sandbox.puppet();
        PuppetPipe pipe = PuppetPipe.make(puppet, OpenFlags.NONBLOCK);
        PuppetPipe.capacity(puppet, pipe.read(), LARGEST);
        PuppetPipe.write(puppet, pipe.write(), "kept");
        puppet.letGo();
        return PipeCycle.dumpAndKill(stasis, sandbox, puppet.program(), Map.of());
    }

    private static Program restore(Sandbox sandbox, Path image) {
        PluginJars.collect(sandbox.path("plugins"), name -> true);
        return sandbox.start("bash", "-c", RESTORE.formatted(InheritFdCommandSpec.java(sandbox), image, sandbox.path("plugins")));
    }

    @Test
    void oneAsLargeAsAnybodyMayMakeItComesBackWithoutThePrivilege(Stasis stasis, Sandbox sandbox) throws IOException {
        Path image = image(stasis, sandbox);
        Program tool = restore(sandbox, image);
        assertThat(tool.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        sandbox.own(Program.attach(InheritFdCommandSpec.pid(image)));
    }

    /**
     * The image says that the pipe had more room, as one would that was made by who has CAP_SYS_RESOURCE, which not everybody has
     * who runs this.
     */
    @Test
    void aLargerOneIsRefusedByNameBeforeAnyProcessExists(Stasis stasis, Sandbox sandbox) throws IOException {
        Path image = image(stasis, sandbox);
        replace(image, "pipes-data.img", ROOM_OF_LARGEST, ROOM_BEYOND);
        assertThat(restore(sandbox, image).awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(1)).isTrue());
        // Java itself may have something to say before.
        List<String> told = Files.readAllLines(sandbox.path("output")).stream().filter(line -> line.startsWith("stasis: ")).toList();
        assertThat(told.get(0)).startsWith("stasis: fd 3 of task ").contains("(pipe:[").endsWith("): it has room for " + BEYOND
                + " bytes, and without CAP_SYS_RESOURCE no pipe may have more than " + LARGEST
                + " (raise /proc/sys/fs/pipe-max-size, or restore with that capability)");
        assertThat(told).hasSize(3);
        assertThat(told.get(1)).startsWith("stasis: fd 4 of task ");
    }

    /** Replaces {@code from} in image file {@code name}, and seals the image again. */
    private static void replace(Path image, String name, byte[] from, byte[] to) throws IOException {
        byte[] file = Files.readAllBytes(image.resolve(name));
        byte[] sumBefore = sum(file, file.length);
        System.arraycopy(to, 0, file, at(file, from), to.length);
        Files.write(image.resolve(name), file);
        byte[] manifest = Files.readAllBytes(image.resolve("stasis-manifest.img"));
        System.arraycopy(sum(file, file.length), 0, manifest, at(manifest, sumBefore), Integer.BYTES);
        System.arraycopy(sum(manifest, manifest.length - Integer.BYTES), 0, manifest, manifest.length - Integer.BYTES, Integer.BYTES);
        Files.write(image.resolve("stasis-manifest.img"), manifest);
    }

    private static byte[] sum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt((int) sum.getValue()).array();
    }

    private static int at(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }
}
