package dev.stasis.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.spi.FileRecord;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Somebody who is not of the tree writes to a deleted file of it and leaves the time of its last change as it was, before the tree
 * stands still but after it was looked at: what he wrote is kept.
 */
@ExtendWith(SandboxExtension.class)
class UnseenWritersSpec {
    private static final int REMOVEXATTR = 197;

    /** The holder has the file as descriptor 3; its child is the outsider. */
    private static final String HOLDER = """
            import mmap, ctypes, fcntl, struct, threading
            libc = ctypes.CDLL(None, use_errno=True)
            def await_file(name):
                while not os.path.exists(name): time.sleep(0.01)
            def tell(name): os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
            buffers = []
            def aligned(size):
                buffers.append(mmap.mmap(-1, size)); return ctypes.addressof(ctypes.c_char.from_buffer(buffers[-1]))
            fd = os.open('%s', os.O_RDWR | os.O_CREAT); os.write(fd, b'old contents' * 100000); os.fsync(fd)
            if os.fork() == 0:
                o = os.open('%s', os.O_RDWR | %s); tell('opened'); await_file('unlinked')
            %s
                os._exit(0)
            await_file('opened'); os.unlink('%s'); tell('unlinked'); await_file('begun'); os.rename('.ready', 'ready'); os.wait()
            while True: time.sleep(600)
            """;
    private static final String MAP = """
            m = mmap.mmap(o, 0); m[0:3] = b'mid'; tell('begun')
            await_file('write'); m[0:12] = b'NEW contents'; tell('written')""";

    private static Path ext4(Sandbox sandbox) throws Exception {
        Path mount = Files.createDirectory(sandbox.path("mount"));
        Command.run("truncate", "-s", "64M", sandbox.path("disk").toString());
        Command.run("/usr/sbin/mkfs.ext4", "-q", sandbox.path("disk").toString());
        Command.run("mount", "-o", "loop", sandbox.path("disk").toString(), mount.toString());
        sandbox.own(() -> Command.run("umount", "-l", mount.toString()));
        return mount;
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.readString(file).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAnyThreadIn(int systemCall) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                if (Files.readString(thread.resolve("syscall")).startsWith(systemCall + " ")) {
                    return true;
                }
            }
            return false;
        } catch (IOException | UncheckedIOException oneEnded) {
            return false;
        }
    }

    /** Looks while the outsider is at it, has him write, and dumps; what comes back must be what the file holds. */
    private static void whatIsWrittenIsKept(Sandbox sandbox, String file, String opened, String flags, String outsider) throws Exception {
        Path image = Files.createDirectory(sandbox.path("image"));
        String indented = outsider.replaceAll("(?m)^", "    ");
        try (FilesCycle cycle = new FilesCycle(image, new RegularFilesPlugin(), new GhostFilesPlugin());
                Program program = Holding.start(sandbox, HOLDER.formatted(file, opened, flags, indented, file))) {
            UnixPath held = UnixPath.of("/proc/" + program.pid() + "/fd/3");
            FileStatus before = FileCalls.tryStatus(held).orElseThrow();
            Await.until("the file is old enough",
                    () -> before.changed().seconds() * 1000 + before.changed().nanoseconds() / 1_000_000 + 100 < System.currentTimeMillis());
            CompletableFuture<Void> look = CompletableFuture.runAsync(() -> {
                try (Chain running = Holding.chain(program)) {
                    cycle.lookAhead(running);
                }
            });
            Await.until("the look is over, or waits for who writes", () -> look.isDone() || isAnyThreadIn(REMOVEXATTR));
            Files.createFile(sandbox.path("write"));
            Await.until("the outsider has written", () -> Files.exists(sandbox.path("written")));
            Path children = Path.of("/proc/" + program.pid() + "/task/" + program.pid() + "/children");
            Await.until("the outsider has ended", () -> isEmpty(children));
            look.join();
            assertThat(FileCalls.tryStatus(held).orElseThrow().changed()).as("nothing tells of it").isEqualTo(before.changed());
            try (Chain still = Holding.chain(program)) {
                FileRecord ghost = cycle.dump(still).stream().filter(record -> record.link().endsWith(" (deleted)")).findFirst()
                        .orElseThrow();
                byte[] back = Files.readAllBytes(Path.of("/proc/self/fd/" + cycle.open().get(ghost.id()).number()));
                assertThat(new String(back, 0, 12, StandardCharsets.US_ASCII)).isEqualTo("NEW contents");
                assertThat(back).isEqualTo(Files.readAllBytes(Path.of(held.toString())));
            }
        }
    }

    @Test
    void byAMappingOfAProcessWhoseFirstThreadHasEnded(Sandbox sandbox) throws Exception {
        ext4(sandbox);
        whatIsWrittenIsKept(sandbox, "mount/gone", "mount/gone", "0", "def write():\n" + MAP.replaceAll("(?m)^", "    ")
                + "; os._exit(0)\nthreading.Thread(target=write).start(); libc.syscall(60, 0)");
    }

    @Test
    void byAMappingThroughOverlayfs(Sandbox sandbox) throws Exception {
        Path disk = ext4(sandbox);
        Path merged = Files.createDirectory(sandbox.path("merged"));
        for (String name : List.of("lower", "upper", "work")) {
            Files.createDirectory(disk.resolve(name));
        }
        Command.run("mount", "-t", "overlay", "-o", "lowerdir=" + disk + "/lower,upperdir=" + disk + "/upper,workdir=" + disk
                + "/work", "none", merged.toString());
        sandbox.own(() -> Command.run("umount", "-l", merged.toString()));
        whatIsWrittenIsKept(sandbox, "mount/upper/gone", "merged/gone", "0", MAP);
    }

    /** The write has set the time and waits for its own memory, which another thread provides only when it is told to. */
    @Test
    void byDirectIoThatIsUnderWay(Sandbox sandbox) throws Exception {
        ext4(sandbox);
        whatIsWrittenIsKept(sandbox, "mount/gone", "mount/gone", "os.O_DIRECT", """
                page = aligned(4096); source = aligned(8192)
                ctypes.memmove(source, (b'NEW contents' * 400)[:4096], 4096)
                u = libc.syscall(323, os.O_CLOEXEC); assert u >= 0
                fcntl.ioctl(u, 0xc018aa3f, bytearray(struct.pack('QQQ', 0xaa, 0, 0)))
                fcntl.ioctl(u, 0xc020aa00, bytearray(struct.pack('QQQQ', page, 4096, 1, 0)))
                def provide():
                    os.read(u, 32); tell('begun'); await_file('write')
                    fcntl.ioctl(u, 0xc028aa03, bytearray(struct.pack('QQQQq', page, source, 4096, 0, 0)))
                threading.Thread(target=provide).start()
                assert libc.pwrite(o, ctypes.c_void_p(page), ctypes.c_size_t(4096), ctypes.c_long(0)) == 4096; tell('written')""");
    }

    /** The write is handed to a disk that is slow for this process, and nobody waits for it. */
    @Test
    void byAsynchronousDirectIoThatIsUnderWay(Sandbox sandbox) throws Exception {
        ext4(sandbox);
        Path group = SlowDisk.group(sandbox);
        whatIsWrittenIsKept(sandbox, "mount/gone", "mount/gone", "os.O_DIRECT", """
                page = aligned(65536)
                ctypes.memmove(page, (b'NEW contents' * 6000)[:65536], 65536)
                group = '%s'; device = os.fstat(o).st_dev; number = '%%d:%%d' %% (os.major(device), os.minor(device))
                one = os.path.exists(group + '/blkio.throttle.write_bps_device')
                def limit(value):
                    with open(group + ('/blkio.throttle.write_bps_device' if one else '/io.max'), 'w') as f:
                        f.write(number + (' %%d' if one else ' wbps=%%s') %% value)
                with open(group + '/cgroup.procs', 'w') as f: f.write(str(os.getpid()))
                limit(1024)
                context = ctypes.c_ulong(0); assert libc.syscall(206, 1, ctypes.byref(context)) == 0
                request = ctypes.create_string_buffer(struct.pack('QIIHhIQQqQII', 1, 0, 0, 1, 0, o, page, 65536, 0, 0, 0, 0))
                pointer = ctypes.c_void_p(ctypes.addressof(request))
                assert libc.syscall(209, context, 1, ctypes.byref(pointer)) == 1
                tell('begun'); await_file('write'); limit(0 if one else 'max')
                event = ctypes.create_string_buffer(32)
                assert libc.syscall(208, context, ctypes.c_long(1), ctypes.c_long(1), event, None) == 1
                assert struct.unpack('QQqq', event.raw)[2] == 65536; tell('written')""".formatted(group));
    }
}
