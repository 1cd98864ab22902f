package dev.stasis.host.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the first look saw: what is read with its help, by two threads, is what is read without it by one. */
class FirstLookTest {
    private static final String MANY = """
            import fcntl, resource
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            for i in range(700): os.pwrite(os.open(f'f{i}', os.O_RDWR | os.O_CREAT), b'x' * i, 0)
            for i in range(3, 703): os.lseek(i, i % 7, os.SEEK_SET)
            os.mkdir('d'); os.open('d', os.O_RDONLY)
            os.pipe(); os.memfd_create('one')
            for i in range(150): os.eventfd(0)
            """;

    @TempDir
    Path directory;

    private Script script;

    @AfterEach
    void endScript() {
        if (script != null) {
            script.close();
        }
    }

    private void looksTheSameAfter(String change, Consumer<FirstLook> alsoHolds) throws IOException {
        script = Script.start(directory, MANY + "pause()\n" + change);
        try (FirstLook look = FirstLook.at(List.of(script.pid()))) {
            assertThat(look.isEmpty()).isFalse();
            Chain.read(script.tasks(), look).close();
            script.goOn();
            try (Chain with = Chain.read(script.tasks(), look); Chain without = Chain.read(script.tasks())) {
                assertThat(with.files()).isEqualTo(without.files());
                assertThat(with.table(script.pid())).isEqualTo(without.table(script.pid()));
                with.files().forEach(file -> assertThat(with.isFoundAtItsPath(file)).as(file.toString())
                        .isEqualTo(without.isFoundAtItsPath(file)));
            }
            alsoHolds.accept(look);
        }
    }

    private void looksTheSameAfter(String change) throws IOException {
        looksTheSameAfter(change, look -> {});
    }

    @Test
    void whenNothingChanged() throws IOException {
        looksTheSameAfter("", look -> {
            try (Chain once = Chain.read(script.tasks(), look); Chain again = Chain.read(script.tasks(), look)) {
                assertThat(once.files().get(50).status()).isSameAs(again.files().get(50).status());
            }
        });
    }

    @Test
    void whenDescriptorsWereClosedOpenedAndReplaced() throws IOException {
        looksTheSameAfter("""
                os.close(10); os.close(11); os.open('f7', os.O_RDWR)
                os.dup2(20, 21); os.dup2(22, 1000); os.close(30); os.dup2(31, 1001)
                """);
    }

    @Test
    void whenAsManyDescriptorsAreOpenButOthers() throws IOException {
        looksTheSameAfter("os.close(40); os.dup2(41, 1000)");
    }

    @Test
    void whenTwoThatLookedAlikeHaveBecomeOne() throws IOException {
        looksTheSameAfter("""
                os.lseek(60, 0, os.SEEK_SET); os.dup2(os.open('f57', os.O_RDWR), 61); os.lseek(61, 0, os.SEEK_SET)
                pause()
                os.dup2(60, 61)
                """, look -> {
            try {
                Chain.read(script.tasks(), look).close();
                script.goOn();
                try (Chain with = Chain.read(script.tasks(), look)) {
                    assertThat(with.table(script.pid()).get(60).file()).isEqualTo(with.table(script.pid()).get(61).file());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** From 707 on they look alike, and their order is known; it holds but for some. */
    @Test
    void whenSomeOfThoseThatLookAlikeWereReplaced() throws IOException {
        looksTheSameAfter("""
                os.close(720); os.dup2(730, 731); os.dup2(os.eventfd(0), 740); os.dup2(750, 1000); os.dup2(0, 760)
                fcntl.fcntl(770, fcntl.F_SETFL, os.O_NONBLOCK); fcntl.fcntl(771, fcntl.F_SETFL, os.O_NONBLOCK); os.dup2(770, 772)
                one, other = os.dup(780), os.dup(790); os.dup2(one, 790); os.dup2(other, 780)
                """);
    }

    @Test
    void whenAllOfThoseThatLookAlikeWereExchanged() throws IOException {
        looksTheSameAfter("""
                for i in range(150): os.dup2(707 + i, 1000 + i)
                for i in range(150): os.dup2(1149 - i, 707 + i)
                """);
    }

    @Test
    void whenPositionsFlagsAndOwnersChanged() throws IOException {
        looksTheSameAfter("""
                os.lseek(3, 100, os.SEEK_SET); os.set_inheritable(4, True)
                fcntl.fcntl(5, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
                fcntl.fcntl(6, fcntl.F_SETOWN, os.getpid()); fcntl.fcntl(7, 10, 40)
                os.write(8, b'more'); os.ftruncate(9, 1000); os.fchmod(10, 0o640); os.write(705, b'into the pipe')
                """);
    }

    @Test
    void whenNamesChanged() throws IOException {
        looksTheSameAfter("""
                os.rename('f1', 'g1'); os.unlink('f2'); os.link('f3', 'h3'); os.rename('f4', 'f5'); os.rename('d', 'e')
                os.unlink('f6'); open('f6', 'w').close()
                """);
    }

    @Test
    void whenADirectoryOnTheWayWasRenamed() throws IOException {
        looksTheSameAfter("os.rename(os.getcwd(), os.getcwd() + '2'); os.rename(os.getcwd(), os.getcwd()[:-1])");
    }

    @Test
    void whenTheProcessBecameAnotherProgram() throws IOException {
        looksTheSameAfter("""
                for i in range(50, 100): os.set_inheritable(i, True)
                os.dup2(90, 902, inheritable=True)
                os.execv('/usr/bin/python3', ['python3', '-c', 'import time; print(flush=True); time.sleep(600)'])
                """);
    }

    @Test
    void aTreeWithFewDescriptorsIsNotLookedAt() throws IOException {
        script = Script.start(directory, "");
        try (FirstLook look = FirstLook.at(List.of(script.pid()))) {
            assertThat(look.isEmpty()).isTrue();
        }
    }
}
