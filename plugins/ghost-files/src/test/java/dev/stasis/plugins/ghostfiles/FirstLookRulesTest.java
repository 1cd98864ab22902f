package dev.stasis.plugins.ghostfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.fs.Timestamp;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstLookRulesTest {
    private static final long BEGUN_MILLIS = 1_000_000;

    @ParameterizedTest
    @CsvSource({
        "999, 949000000, true", // 51 ms before
        "999, 951000000, false", // 49 ms before
        "1000, 1, false",
        "1001, 5, false", // the clock was set back
        "998, 0, false", // perhaps of a file system with whole seconds: two of them may look the same
        "997, 0, true"})
    void aChangeIsOldWhenNoLaterOneCanHaveItsTime(long seconds, int nanoseconds, boolean old) {
        assertThat(FirstLookRules.isOld(new Timestamp(seconds, nanoseconds), BEGUN_MILLIS)).isEqualTo(old);
    }
}
