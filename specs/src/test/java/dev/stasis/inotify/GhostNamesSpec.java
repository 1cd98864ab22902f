package dev.stasis.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A log was rotated away: its old file is open without a name, and another has the name now. Who opens that one while the tree
 * is dumped does what the tool does to the old one, under the same name: all of it is read, and nothing else. The property
 * {@code stasis.rounds} says how often each is tried.
 */
@ExtendWith({SandboxExtension.class, StasisExtension.class})
class GhostNamesSpec {
    private static final int ROUNDS = Integer.getInteger("stasis.rounds", 3);
    private static final int AT_MOST = 5_000;
    /** A process of its own: a child of the tool inherits what is open in the tool, and then it is closed later. */
    private static final String OUTSIDER = """
            import os, sys, time
            done, last = 0, False
            while done < int(sys.argv[3]) and not last:
                last = os.path.exists('enough')
                os.close(os.open(sys.argv[1], os.O_RDONLY))
                done += 1
                if done == 1: open('opened', 'w').close()
                time.sleep(float(sys.argv[2]))
            print(done)
            """;

    @ParameterizedTest
    @ValueSource(longs = {0, 2_000_000, 30_000_000})
    void whatOthersOpenUnderTheNameIsRead(long pauseNanos, Stasis stasis, Sandbox sandbox) throws Exception {
        Path directory = Files.createDirectory(sandbox.path("watched"));
        PythonProgram python = PythonProgram.start(stasis, sandbox, sandbox.path("program"), """
                directory = '%s'
                log = os.open(directory + '/log', os.O_RDWR | os.O_CREAT); os.write(log, b'x' * 4000)
                os.unlink(directory + '/log')
                with open(directory + '/log', 'w') as new: new.write('new')
                fd = call(294, 0o4000); call(254, fd, directory.encode(), 0x39)
                def counts():
                    found = {0x20: 0, 0x10: 0, 0x4000: 0}
                    data = os.read(fd, pending(fd)) if pending(fd) else b''
                    while data:
                        mask, _, length = struct.unpack_from('III', data, 4)
                        if mask in found: found[mask] += 1
                        data = data[16 + length:]
                    return list(found.values())
                """.formatted(directory));
        for (int round = 0; round < ROUNDS; round++) {
            int done = openWhile(sandbox, directory.resolve("log"), pauseNanos, () -> python.dump(Afterwards.LEAVE_RUNNING));
            assertThat(python.ask("answer = counts()")).as("opened, closed, overflows, of " + done + " times")
                    .isEqualTo("[" + done + ", " + done + ", 0]");
        }
    }

    /** Has another process open and close {@code file} again and again, before, during and after {@code dump}; returns how often. */
    private static int openWhile(Sandbox sandbox, Path file, long pauseNanos, Runnable dump) throws Exception {
        Path opened = sandbox.path("opened");
        Path enough = sandbox.path("enough");
        Path output = sandbox.path("outsider");
        Program outsider = sandbox.own(Program.start(sandbox.directory(), output, List.of("/usr/bin/python3", "-c", OUTSIDER,
                file.toString(), Double.toString(pauseNanos / 1e9), Integer.toString(AT_MOST))));
        Await.until("the file was opened", () -> Files.exists(opened));
        dump.run();
        Files.createFile(enough);
        assertThat(outsider.awaitEnd()).hasValueSatisfying(end -> assertThat(end.exitedWith(0)).isTrue());
        int done = Integer.parseInt(Files.readString(output).strip());
        for (Path left : List.of(opened, enough, output)) {
            Files.delete(left);
        }
        return done;
    }
}
