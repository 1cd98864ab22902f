package dev.stasis.host.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogSettingsTest {

    @ParameterizedTest
    @CsvSource({"'',INFO", "v,DEBUG", "vv,DEBUG", "0,ERROR", "1,ERROR", "2,WARN", "3,INFO", "4,DEBUG", "9,DEBUG"})
    void verbosityMeansWhatUsersOfCriuExpect(String verbosity, LogLevel level) {
        assertThat(LogSettings.of(verbosity, null).level()).isEqualTo(level);
    }

    @Test
    void withoutVerbosityWarningsGoToStandardErrorAndStepsToAFile() {
        assertThat(LogSettings.of(null, null).level()).isEqualTo(LogLevel.WARN);
        assertThat(LogSettings.of(null, Path.of("log")).level()).isEqualTo(LogLevel.INFO);
    }

    @Test
    void log4jIsNeededForAFileOrForMoreThanWarnings() {
        assertThat(LogSettings.of(null, null).needsLog4j()).isFalse();
        assertThat(LogSettings.of("1", null).needsLog4j()).isFalse();
        assertThat(LogSettings.of("3", null).needsLog4j()).isTrue();
        assertThat(LogSettings.of("1", Path.of("log")).needsLog4j()).isTrue();
    }
}
