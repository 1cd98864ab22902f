package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.spi.StasisException;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who freezes a FUSE server and touches what it serves waits for ever. */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class FuseServerSpec {
    /** Serves an empty directory, of which it tells anew whenever somebody asks. */
    private static final String SERVER = """
            import threading
            fuse = os.open('/dev/fuse', os.O_RDWR)
            def answer_all():
                while True:
                    request = os.read(fuse, 1 << 18)
                    _, operation, unique = struct.unpack('<IIQ', request[:16])
                    if operation == 26: body = struct.pack('<IIIIHHII', 7, 31, 0, 0, 8, 8, 4096, 1) + bytes(36)
                    elif operation == 3: body = struct.pack('<QII6Q3I7I', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
                    else: body = None
                    if body is None: reply = struct.pack('<IiQ', 16, -38, unique)
                    else: reply = struct.pack('<IiQ', 16 + len(body), 0, unique) + body
                    try: os.write(fuse, reply)
                    except OSError: pass # nobody waits for that: it was an interrupt, or forgotten
            if libc.mount(b'stasis-test', served.encode(), b'fuse', 0, b'fd=%d,rootmode=40000,user_id=0,group_id=0' % fuse):
                raise OSError(ctypes.get_errno(), 'mount')
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            threading.Thread(target=answer_all, daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
            os.stat(served)
            """;

    @Test
    void aTreeWithAServerIsRefusedBeforeAnybodyTouchesWhatItServes(Stasis stasis, Sandbox sandbox) throws Exception {
        Path served = Files.createDirectory(sandbox.path("served"));
        sandbox.own(() -> Command.run("umount", "-l", served.toString()));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"),
                "served = '" + served + "'\n" + SERVER + "i = call(294, 0); call(254, i, served.encode(), 4)");
        for (Afterwards fate : Afterwards.values()) {
            assertThatThrownBy(() -> python.dump(fate)).isInstanceOf(StasisException.class)
                    .hasMessageContaining("connection of a FUSE server /dev/fuse");
            assertThat(python.ask("answer = os.stat(served).st_ino")).isEqualTo("1");
        }
    }
}
