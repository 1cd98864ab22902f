package dev.stasis.linux.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.ptrace.Injection;
import dev.stasis.linux.ptrace.Registers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedTest {

    @Test
    void aSeedMakesCallsForUs() {
        try (Seed seed = Seed.spawn()) {
            Injection calls = Injection.begin(seed.task(), seed.callSite());
            assertThat(calls.call("getpid", SyscallNumber.GETPID)).isEqualTo(seed.pid().number());
            assertThat(calls.call("getppid", SyscallNumber.GETPPID)).isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void aSeedHasNoDescriptorsNoEnvironmentAndNoSignalsBlockedOrIgnored() throws IOException {
        try (Seed seed = Seed.spawn()) {
            assertThat(Path.of("/proc/" + seed.pid() + "/fd").toFile().list()).isEmpty();
            assertThat(Files.readAllBytes(Path.of("/proc/" + seed.pid() + "/environ"))).isEmpty();
            assertThat(status(seed)).contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
        }
    }

    @Test
    void aSeedStandsBeforeItsWaitingLoop() {
        try (Seed seed = Seed.spawn(new RemoteAddress(0x7000000))) {
            Registers registers = seed.task().registers();
            assertThat(registers.instruction()).isEqualTo(SeedElf.waitingLoop(new RemoteAddress(0x7000000)));
        }
    }

    @Test
    void aClosedSeedIsGone() {
        Seed seed = Seed.spawn();
        seed.close();
        assertThat(Path.of("/proc/" + seed.pid())).doesNotExist();
    }

    @Test
    void aProgramNotAtTheStartOfAPageIsRefused() {
        assertThatThrownBy(() -> SeedElf.build(new RemoteAddress(0x10010), new Pid(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0x10010");
    }

    private static List<String> status(Seed seed) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + seed.pid() + "/status"));
    }

    @Test
    void aSiblingEndsByItselfWhenItsGuardianDoesBeforeItIsAttachedTo(@TempDir Path directory) throws Exception {
        Path program = directory.resolve("sibling");
        Process guardian = new ProcessBuilder("sleep", "1000").start();
        Files.write(program, SeedElf.buildSibling(Seed.BASE, new Pid((int) guardian.pid())));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Process sibling = new ProcessBuilder(program.toString()).start();
        assertThat(sibling.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
        guardian.destroyForcibly().waitFor();
        assertThat(sibling.waitFor()).isZero();
    }
}
