package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.MemfdCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFileId;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SandboxExtension.class)
class MemfdsSpec {
    private static final int SEAL_SEAL = 1;
    private static final int SEAL_GROW = 4;
    private static final int SEAL_WRITE = 8;
    private static final int SEAL_FUTURE_WRITE = 16;

    private FilesCycle cycle;
    private List<FileRecord> records;
    private Map<OpenFileId, Fd> files;

    private void dumpAndRestore(Sandbox sandbox, String setUp) throws Exception {
        cycle = sandbox.own(new FilesCycle(Files.createDirectories(sandbox.path("image"))));
        try (Program program = Holding.start(sandbox, setUp); Chain chain = Holding.chain(program)) {
            records = cycle.dump(chain).stream().filter(r -> r.kind().equals("memfd")).toList();
        }
        files = cycle.open();
    }

    private Fd file(int index) {
        return files.get(records.get(index).id());
    }

    private static UnixPath link(Fd file) {
        return FileCalls.readLink(UnixPath.of("/proc/self/fd/" + file.number()));
    }

    @Test
    void nameContentsPositionFlagsOwnerAndModeComeBack(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, """
                os.memfd_create('cache of \\xe4'); os.write(3, b'contents'); os.lseek(3, 3, os.SEEK_SET); os.fchmod(3, 0o640)
                os.fchown(3, 12, 34)""");
        FileStatus status = FileCalls.status(file(0));
        assertThat(link(file(0))).isEqualTo(records.get(0).link());
        assertThat(status.permissions()).isEqualTo(0640);
        assertThat(List.of(status.uid(), status.gid())).containsExactly(12, 34);
        assertThat(FileCalls.flags(file(0))).isEqualTo(records.get(0).flags());
        assertThat(FileCalls.tryPosition(file(0))).hasValue(3L);
        assertThat(new String(FileCalls.read(file(0), 100))).isEqualTo("tents");
    }

    @Test
    void holesStayHolesOnBothSides(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, "os.memfd_create('sparse'); os.ftruncate(3, 1 << 40); os.pwrite(3, b'end', (1 << 40) - 4096)");
        FileStatus status = FileCalls.status(file(0));
        assertThat(status.size()).isEqualTo(1L << 40);
        assertThat(status.blocks()).isEqualTo(8);
        assertThat(sandbox.path("image/stasis-memfds-1.img").toFile().length()).isLessThan(8192);
        FileCalls.position(file(0), (1L << 40) - 4096);
        assertThat(new String(FileCalls.read(file(0), 3))).isEqualTo("end");
    }

    @Test
    void sealsComeBack(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, """
                import fcntl
                os.memfd_create('sealed', os.MFD_ALLOW_SEALING); os.write(3, b'x'); fcntl.fcntl(3, 1033, 4 | 8)
                os.memfd_create('unsealable')""");
        cycle.finish();
        assertThat(MemfdCalls.seals(file(0))).isEqualTo(SEAL_GROW | SEAL_WRITE);
        assertThat(MemfdCalls.seals(file(1))).isEqualTo(SEAL_SEAL);
    }

    @Test
    void thoseThatMightForbidAMappingComeLast(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, """
                import fcntl
                os.memfd_create('sealed', os.MFD_ALLOW_SEALING); os.write(3, b'x'); fcntl.fcntl(3, 1033, 4 | 16)""");
        assertThat(MemfdCalls.seals(file(0))).isZero();
        cycle.finish();
        assertThat(MemfdCalls.seals(file(0))).isEqualTo(SEAL_GROW | SEAL_FUTURE_WRITE);
    }

    @Test
    void severalOpensOfOneMemfdAreOneMemfdAgain(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, """
                os.memfd_create('shared'); os.write(3, b'shared'); os.open('/proc/self/fd/3', os.O_RDONLY)
                os.open('/proc/self/fd/3', os.O_WRONLY | os.O_APPEND)""");
        assertThat(records).hasSize(3);
        assertThat(FileCalls.status(file(1)).inode()).isEqualTo(FileCalls.status(file(0)).inode());
        assertThat(FileCalls.flags(file(2)).has(OpenFlags.WRONLY.with(OpenFlags.APPEND))).isTrue();
        FileCalls.write(file(2), "!".getBytes());
        assertThat(new String(FileCalls.read(file(1), 100))).isEqualTo("shared!");
        assertThat(FileCalls.tryPosition(file(0))).hasValue(6L);
    }

    @Test
    void aMemfdThatIsOnlyMappedComesBack(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, """
                import mmap
                f = os.memfd_create('mapped'); os.ftruncate(f, 4096); m = mmap.mmap(f, 4096); m[:4] = b'here'
                libc = __import__('ctypes').CDLL(None); os.closerange(3, 100)""");
        assertThat(records).singleElement().satisfies(r -> assertThat(r.flags().accessMode().writes()).isTrue());
        assertThat(new String(FileCalls.read(file(0), 4))).isEqualTo("here");
    }

    @Test
    void oneImageIsRestoredTwice(Sandbox sandbox) throws Exception {
        dumpAndRestore(sandbox, "os.memfd_create('twice'); os.write(3, b'same'); os.lseek(3, 0, os.SEEK_SET)");
        cycle.finish();
        files = cycle.open();
        assertThat(new String(FileCalls.read(file(0), 100))).isEqualTo("same");
        cycle.finish();
    }
}
