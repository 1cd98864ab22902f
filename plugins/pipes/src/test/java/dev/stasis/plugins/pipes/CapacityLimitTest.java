package dev.stasis.plugins.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.pipes.proto.pipe_data_entry;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A pipe of 2 MiB in the image, planned where a pipe may have 1 MiB, as without CAP_SYS_RESOURCE. */
class CapacityLimitTest {
    private static final int PIPE = 17;
    private static final int MIB = 1 << 20;

    /** An image whose pipes-data.img holds one empty pipe with room for {@code size} bytes. */
    private static ImageInput image(int size) {
        return name -> {
            Fd file = FileCalls.memfd(name);
            try (PipeContents contents = new PipeContents()) {
                PipeDataWriter writer = new PipeDataWriter(file, PipeDataFile.PIPES, contents);
                writer.add(pipe_data_entry.newBuilder().setPipeId(PIPE).setBytes(0).setSize(size));
                writer.finish();
            }
            return Optional.of(file);
        };
    }

    private static RestoreContext context(ImageInput image) {
        return (RestoreContext) Proxy.newProxyInstance(CapacityLimitTest.class.getClassLoader(),
                new Class<?>[] {RestoreContext.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "image" -> image;
                    case "own" -> arguments[0];
                    default -> throw new AssertionError("a plan must not ask for " + method.getName());
                });
    }

    private static List<Problem> plan(int size, long limit) {
        FileRecord record = new FileRecord(new OpenFileId(1), "pipe", OpenFlags.RDONLY, OptionalLong.empty(), FileOwner.NOBODY,
                UnixPath.of("pipe:[17]"), List.of(new Holder.Descriptor(new Pid(300), 4, false)), null, new byte[0]);
        List<Problem> problems = new ArrayList<>();
        new RestoredPipes(limit).plan(PipeDataFile.PIPES, PIPE, record, context(image(size)), problems);
        return problems;
    }

    @Test
    void isRefusedByNameWithBothNumbersAndWhatToDo() {
        assertThat(plan(2 * MIB, MIB)).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("fd 4 of task 300 (pipe:[17])");
            assertThat(problem.reason()).isEqualTo(
                    "it has room for 2097152 bytes, and without CAP_SYS_RESOURCE no pipe may have more than 1048576");
            assertThat(problem.help()).isEqualTo("raise /proc/sys/fs/pipe-max-size, or restore with that capability");
        });
    }

    @Test
    void isNoProblemUpToTheLimitOrWithTheCapability() {
        assertThat(plan(MIB, MIB)).isEmpty();
        assertThat(plan(2 * MIB, Long.MAX_VALUE)).isEmpty();
    }
}
