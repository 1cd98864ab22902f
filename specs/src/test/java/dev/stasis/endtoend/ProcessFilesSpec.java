package dev.stasis.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that have files of /proc/PID open, of themselves or of others of their tree. */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class ProcessFilesSpec {

    @Test
    void filesOfTheTreesOwnProcessesComeBack(Stasis stasis, Sandbox sandbox) throws Exception {
        Program program = sandbox.start("python3", "-c", """
                import ctypes, os, time
                secret = ctypes.create_string_buffer(b'kept secret')
                names = ['status', 'mem', 'maps', 'smaps', 'pagemap', 'environ', 'oom_score_adj', 'stat', 'auxv', 'comm', 'task/%d/comm' % os.getpid()]
                child = os.fork()
                if child == 0: time.sleep(1000)
                files = {name: os.open('/proc/self/' + name, os.O_RDONLY) for name in names}
                of_child = os.open('/proc/%d/stat' % child, os.O_RDONLY)
                itself, numbers = os.open('/proc/self', os.O_RDONLY), os.open('/proc/self/fd', os.O_RDONLY)
                os.chdir('/proc/self'); os.open('/proc/self/task', os.O_PATH)
                maps = open('/proc/self/maps', 'rb').read(); head = os.read(files['maps'], 100)
                open('PLACE/.ready', 'w').write(str(child))
                os.rename('PLACE/.ready', 'PLACE/ready')
                while not os.path.exists('PLACE/go'): time.sleep(0.01)
                assert os.pread(files['mem'], 11, ctypes.addressof(secret)) == b'kept secret'
                assert b'Pid:\\t%d\\n' % os.getpid() in os.pread(files['status'], 4000, 0)
                assert os.pread(of_child, 1000, 0).startswith(b'%d (' % child)
                for name in names:
                    if name != 'mem': assert os.pread(files[name], 8, 0), name
                rest = os.read(files['maps'], 300)
                assert maps.startswith(head + rest), (head, rest)
                assert str(numbers) in os.listdir(numbers) and 'maps' in os.listdir(itself)
                assert os.readlink('/proc/self/cwd') == '/proc/%d' % os.getpid()
                os.kill(child, 9); os.waitpid(child, 0)
                print('all well', flush=True)
                """.replace("PLACE", sandbox.directory().toString()));
        Await.until("it has its files", () -> Files.exists(sandbox.path("ready")) || !program.isAlive());
        Program child = sandbox.own(Program.attach(new Pid(Integer.parseInt(Files.readString(sandbox.path("ready"))))));
        Cycle cycle = new Cycle(stasis, sandbox);
        Path image = cycle.dumpAndKill(program, "image");
        child.awaitEnd();
        Program back = cycle.restore(image);
        Files.createFile(sandbox.path("go"));
        back.awaitEnd();
        assertThat(Files.readString(sandbox.path("output"))).contains("all well");
    }
}
