package dev.stasis.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.files.ImageContents;
import dev.stasis.host.image.ToolVersion;
import dev.stasis.host.phase.DumpPreview;
import dev.stasis.host.phase.DumpReport;
import dev.stasis.host.phase.RestoreReport;
import dev.stasis.linux.Pid;
import dev.stasis.spi.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TextsTest {
    private static final ImageContents NO_CONTENTS = new ImageContents(0, 0, 0);

    @Test
    void aDumpIsReportedInOneLine() {
        DumpReport report = new DumpReport(300, 12_040, 9_000, 8_000, 5_000, 1_152, 1, 3, 12, NO_CONTENTS);

        assertThat(ReportText.of(report, Path.of("image")))
                .isEqualTo("dumped 1 task, 3 threads, 12 files and 4.5 MiB of memory into image; frozen for 12.3 ms");
    }

    @Test
    void theTotalOfDeletedFilesIsShown() {
        DumpReport report = new DumpReport(300, 12_040, 9_000, 8_000, 5_000, 1_152, 1, 3, 12, new ImageContents(2, 3 << 20, 0));

        assertThat(ReportText.of(report, Path.of("image"))).contains("12 files (2 deleted files with 3.0 MiB of contents) and");
    }

    @Test
    void aDryRunTellsWhatWouldBeKept() {
        DumpPreview preview = new DumpPreview(1, 3, 3, new TreeMap<>(Map.of("pipe", 1, "regular-file", 2)),
                new ImageContents(1, 3 << 20, 3 << 20), 5L << 30, 12_340, List.of());

        assertThat(ReportText.of(preview)).isEqualTo("""
                would keep 1 task, 3 threads and 3 open files:
                  1 pipe
                  2 regular-file
                1 deleted file with 3.0 MiB of contents, of which 3.0 MiB take room; 5.0 GiB are free
                nothing was dumped; the tree stood still for 12.3 ms""");
        assertThat(JsonText.preview(preview)).isEqualTo("""
                {"command":"dump","dryRun":true,"tasks":1,"threads":3,"files":3,"kinds":{"pipe":1,"regular-file":2},\
                "deletedFiles":1,"deletedFilesBytes":3145728,"neededBytes":3145728,"freeBytes":5368709120,\
                "frozenMicros":12340,"problems":[]}""");
    }

    @Test
    void aRestoreIsReportedInOneLine() {
        assertThat(ReportText.of(new RestoreReport(new Pid(77), new Pid(77), 3, 900, 4_321, 2)))
                .isEqualTo("restored 2 tasks and 12.0 KiB of memory in 4.3 ms; the root is process 77");
    }

    @Test
    void jsonNamesEveryFigure() {
        assertThat(JsonText.report(new DumpReport(1, 2, 3, 4, 5, 6, 7, 8, 9, new ImageContents(11, 12, 13)), 10)).isEqualTo("""
                {"command":"dump","done":true,"tasks":7,"threads":8,"files":9,"pagesScanned":5,"pagesWritten":6,\
                "freezingMicros":1,"frozenMicros":2,"memoryDumpMicros":3,"memoryWriteMicros":4,"deletedFiles":11,"deletedFilesBytes":12,\
                "peakMemoryBytes":10}""");
        assertThat(JsonText.report(new RestoreReport(new Pid(77), new Pid(77), 3, 900, 4_321, 2), 10)).isEqualTo("""
                {"command":"restore","done":true,"pid":77,"tasks":2,"pagesRestored":3,"forkingMicros":900,\
                "restoreMicros":4321,"peakMemoryBytes":10}""");
    }

    @Test
    void jsonQuotesWhateverAProblemSays() {
        Problem problem = new Problem(CliError.CANNOT_WRITE, "a\"b\\c", "line\nbreak", "");

        assertThat(JsonText.problems("dump", List.of(problem, problem))).contains("\"subject\":\"a\\\"b\\\\c\"")
                .contains("\"reason\":\"line\\u000abreak\"").contains("},{").startsWith("{\"command\":\"dump\",\"done\":false");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws Exception {
        assertThat(Files.readString(Path.of("../pom.xml"))).contains("<version>" + ToolVersion.TEXT + "</version>");
    }
}
