package dev.stasis.host.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolLogTest {

    @Test
    void linesLoggedBeforeTheFileIsKnownAreInIt(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("dump.log");
        try (ToolLog log = new ToolLog()) {
            log.info("early");
            log.begin(LogSettings.of("4", file));
            log.debug("later");
            log.warn("last");
        }

        assertThat(Files.readAllLines(file)).hasSize(3)
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} (INFO |DEBUG|WARN ) \\w+"));
        assertThat(Files.readAllLines(file)).element(0).asString().endsWith("INFO  early");
    }

    @Test
    void whatIsBelowTheLevelIsNotLogged(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("dump.log");
        try (ToolLog log = new ToolLog()) {
            log.debug("early detail");
            log.begin(LogSettings.of("3", file));
            assertThat(log.isDebug()).isFalse();
            log.debug("late detail");
            log.info("step");
        }

        assertThat(Files.readString(file)).contains("step").doesNotContain("detail");
    }

    @Test
    void aFailureIsLoggedWithItsTrace(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("dump.log");
        try (ToolLog log = new ToolLog()) {
            log.begin(LogSettings.of("vv", file));
            log.failure(new IllegalStateException("boom"));
        }

        assertThat(Files.readString(file)).contains("IllegalStateException: boom")
                .contains("at dev.stasis.host.log.ToolLogTest");
    }

    @Test
    void aSecondRunBeginsTheFileAnew(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("dump.log");
        for (String run : new String[] {"first", "second"}) {
            try (ToolLog log = new ToolLog()) {
                log.begin(LogSettings.of(null, file));
                log.info(run);
            }
        }

        assertThat(Files.readAllLines(file)).singleElement().asString().endsWith("second");
    }
}
