package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ErrorType;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import dev.stasis.testkit.RecordingLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Substitution} must do: inherit, open files as a tree had them and a live descriptor for the first of them,
 * say how a user asks for that (and how wrongly), and run. All calls go through {@link AssertingPlugin}.
 */
public abstract class SubstitutionContract {
    /** A directory of this test alone. */
    @TempDir
    protected Path directory;

    private final List<Fd> files = new ArrayList<>();
    private final List<FileRecord> records = new ArrayList<>();
    private final MemoryImage image = new MemoryImage();
    private final RecordingLog log = new RecordingLog();
    private int descriptorsBefore;
    private Fd given;

    /** A new instance of the plugin. */
    protected abstract StasisPlugin plugin();

    /** The name of the substitution. */
    protected abstract String substitution();

    /** Opens files that a tree had, at least two; the first will be replaced and the others will not. */
    protected abstract List<Fd> open();

    /** Opens what can take the place of the first. */
    protected abstract Fd given();

    /** The options with which a user asks for {@code given} in the place of {@code wanted}. */
    protected abstract GivenOptions asking(FileRecord wanted, Fd given);

    /** Options that ask for something that cannot be, each wrong in its own way; at least one. */
    protected abstract List<GivenOptions> mistaken(FileRecord wanted, Fd given);

    @BeforeEach
    final void openThem() {
        descriptorsBefore = FileFixture.descriptors();
        files.addAll(open());
        assertThat(files).as("files of the tree").hasSizeGreaterThan(1);
        LocalFiles local = new LocalFiles();
        for (Fd file : files) {
            OpenFile one = local.add(file);
            records.add(ContractSubject.record(one, "regular-file", null, new byte[0]));
        }
        given = given();
    }

    @AfterEach
    final void closeThem() {
        files.forEach(Fd::close);
        given.close();
        image.close();
        FileFixture.assertNoMoreDescriptorsThan(descriptorsBefore);
    }

    /** What came of one plan. */
    private record Planned(Map<OpenFileId, Fd> replaced, List<Problem> problems) implements AutoCloseable {
        @Override
        public void close() {
            replaced.values().forEach(Fd::close);
        }
    }

    private Planned plan(GivenOptions options) {
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        List<Problem> problems = new ArrayList<>();
        // Of the subject nothing is asked here: the records are those of whatever kind.
        try (ContractRestore restore = new ContractRestore(plugin, null, records, image, options, log)) {
            return new Planned(substitutionOf(plugin).plan(records, problems, restore), problems);
        }
    }

    private Substitution substitutionOf(StasisPlugin plugin) {
        for (Substitution one : plugin.substitutions()) {
            if (one.name().equals(substitution())) {
                return one;
            }
        }
        throw new AssertionError("plugin " + plugin.id() + " has no substitution " + substitution());
    }

    @Test
    protected void whatIsAskedForIsReplacedByTheVeryOpenFileThatWasGivenAndNothingElseIs() {
        try (Planned planned = plan(asking(records.get(0), given))) {
            assertThat(planned.problems()).isEmpty();
            assertThat(planned.replaced()).containsOnlyKeys(records.get(0).id());
            assertThat(ProcessCalls.compareFiles(own(planned.replaced().get(records.get(0).id())), own(given)))
                    .as("the order of the two open files").isZero();
        }
    }

    private static RemoteFd own(Fd file) {
        return new RemoteFd(ProcessCalls.self(), file.number());
    }

    @Test
    protected void whatItHandsOverIsTheHostsToCloseAndTheGivenOneStays() {
        try (Planned planned = plan(asking(records.get(0), given))) {
            assertThat(planned.replaced().values()).allSatisfy(file -> assertThat(file.number()).isNotEqualTo(given.number()));
        }
        assertThat(FileCalls.flags(given)).as("flags of the given descriptor, which is open").isNotNull();
    }

    @Test
    protected void whoAsksForNothingGetsNothingAndIsToldNothing() {
        try (Planned planned = plan(GivenOptions.none())) {
            assertThat(planned.replaced()).isEmpty();
            assertThat(planned.problems()).isEmpty();
        }
    }

    @Test
    protected void oneImageIsPlannedAnyNumberOfTimes() {
        for (int round = 0; round < 2; round++) {
            try (Planned planned = plan(asking(records.get(0), given))) {
                assertThat(planned.problems()).isEmpty();
                assertThat(planned.replaced()).containsOnlyKeys(records.get(0).id());
            }
        }
    }

    @Test
    protected void whatIsWrongWithARequestIsToldInWordsAndReplacesOnlyWhatIsThere() {
        for (GivenOptions wrong : mistaken(records.get(0), given)) {
            try (Planned planned = plan(wrong)) {
                assertThat(planned.problems()).as("problems with " + wrong).isNotEmpty().allSatisfy(problem -> {
                    assertThat(problem.subject()).isNotBlank();
                    assertThat(problem.reason()).isNotBlank();
                    assertThat(problem.code().type()).isNotEqualTo(ErrorType.INTERNAL);
                });
                assertThat(records.stream().map(FileRecord::id)).containsAll(planned.replaced().keySet());
            }
        }
    }
}
