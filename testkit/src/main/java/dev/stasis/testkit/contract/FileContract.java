package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ErrorType;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What whoever brings files back must do, be it a kind or a remap: see {@link FdKindContract}, {@link PathRemapContract} and
 * {@link MountRemapContract}. All calls go through {@link AssertingPlugin}, so order, threads, and use of contexts are checked
 * besides.
 */
public abstract class FileContract extends FileFixture {
    private static final int DAMAGES = 60;

    @Test
    protected void filesComeBackWithTheirStateAndTheirFlags() {
        List<String> before = states(files);
        List<OpenFlags> flags = files.stream().map(FileCalls::flags).toList();
        List<FileRecord> records = dump();
        end();
        try (ContractRestore restore = restore(records)) {
            List<Fd> back = restore.run();
            assertThat(back.stream().map(FileCalls::flags).toList()).as("access modes and status flags").isEqualTo(flags);
            assertThat(states(back)).isEqualTo(before);
        }
    }

    @Test
    protected void aDumpLeavesThemAsTheyWere() {
        List<String> before = states(files);
        dump();
        assertThat(states(files)).isEqualTo(before);
    }

    @Test
    protected void claimingChangesNothingAndKeepsNothingOpen() {
        List<String> before = states(files);
        int open = descriptors();
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        LocalFiles local = local();
        try (ContractDump dump = new ContractDump(plugin, subjectOf(plugin), local, image, options(), log)) {
            for (OpenFile file : local.all()) {
                assertThat(subjectOf(plugin).claim(file, dump.looking())).isInstanceOf(Claim.Taken.class);
            }
        }
        assertNoMoreDescriptorsThan(open);
        assertThat(states(files)).isEqualTo(before);
        assertThat(image.names()).isEmpty();
    }

    @Test
    protected void oneImageIsRestoredAnyNumberOfTimes() {
        List<String> before = states(files);
        List<FileRecord> records = dump();
        end();
        for (int round = 0; round < 2; round++) {
            try (ContractRestore restore = restore(records)) {
                assertThat(states(restore.run())).isEqualTo(before);
            }
            treeEnds();
        }
    }

    @Test
    protected void whatWasOneObjectIsOneObjectAgain() {
        List<List<Boolean>> before = sharing(files);
        List<FileRecord> records = dump();
        end();
        try (ContractRestore restore = restore(records)) {
            assertThat(sharing(restore.run())).isEqualTo(before);
        }
    }

    private List<List<Boolean>> sharing(List<Fd> of) {
        return of.stream().map(one -> of.stream().map(other -> areOfOneObject(one, other)).toList()).toList();
    }

    @Test
    protected void aFieldThatALaterVersionAddsDoesNotMatter() {
        List<String> before = states(files);
        ContractSubject subject = subjectOf(plugin());
        List<FileRecord> records = dump().stream()
                .map(record -> subject.with(record, withUnknownField(subject.message(record)))).toList();
        end();
        try (ContractRestore restore = restore(records)) {
            assertThat(states(restore.run())).isEqualTo(before);
        }
    }

    @Test
    protected void imagesOfEarlierVersionsAreRead() {
        List<String> states = states(files);
        List<FileRecord> records = dump();
        end();
        if (Boolean.getBoolean("stasis.golden.record")) {
            new GoldenImage(records, states).write(goldenImages().resolve(plugin().version()), image);
        }
        List<Path> versions = GoldenImage.versions(goldenImages());
        assertThat(versions).as("images in " + goldenImages().toAbsolutePath()
                + " (run this test once with -Dstasis.golden.record=true, and keep what it writes)").isNotEmpty();
        for (Path version : versions) {
            assertRead(version);
        }
    }

    private void assertRead(Path version) {
        try (MemoryImage kept = new MemoryImage()) {
            GoldenImage golden = GoldenImage.read(version, kept);
            AssertingPlugin plugin = AssertingPlugin.of(plugin());
            try (ContractRestore restore = new ContractRestore(plugin, subjectOf(plugin), golden.records(), kept, options(), log)) {
                if (isSelfContained()) {
                    assertThat(states(restore.run())).as("what version " + version.getFileName() + " dumped").isEqualTo(golden.states());
                } else {
                    assertThat(restore.plan()).as("problems with the image of version " + version.getFileName())
                            .allSatisfy(problem -> assertThat(problem.code().type()).isNotEqualTo(ErrorType.INTERNAL));
                }
            }
        }
        treeEnds();
    }

    @Test
    protected void damageIsRefusedInWordsOrDoesNotMatter() {
        List<FileRecord> records = dump();
        end();
        Random random = new Random(8);
        ContractSubject subject = subjectOf(plugin());
        for (int round = 0; round < DAMAGES; round++) {
            List<FileRecord> damaged = records.stream()
                    .map(record -> subject.with(record, damage(subject.message(record), random))).toList();
            assertToldOrFine(damaged);
            treeEnds();
        }
    }

    @Test
    protected void aMissingImageFileIsRefusedByName() {
        List<FileRecord> records = dump();
        end();
        for (String name : image.names()) {
            byte[] content = image.bytes(name);
            image.remove(name);
            try (ContractRestore restore = restore(records)) {
                Throwable refusal = catchThrowable(restore::run);
                assertThat(refusal).as("the refusal without " + name).isInstanceOf(StasisException.class).hasMessageContaining(name);
            }
            image.put(name, content);
            treeEnds();
        }
    }

    private void assertToldOrFine(List<FileRecord> damaged) {
        try (ContractRestore restore = restore(damaged)) {
            Throwable refusal = catchThrowable(restore::run);
            if (refusal instanceof StasisException told) {
                for (Problem problem : told.problems()) {
                    assertThat(problem.subject()).as("the subject of " + problem.code()).isNotBlank();
                    assertThat(problem.reason()).as("the reason of " + problem.code()).isNotBlank();
                }
            } else if (!(refusal instanceof KernelException)) {
                assertThatCode(() -> {
                    if (refusal != null) {
                        throw refusal;
                    }
                }).as("a damaged record").doesNotThrowAnyException();
            }
        }
    }

    private static byte[] damage(byte[] payload, Random random) {
        byte[] damaged = Arrays.copyOf(payload, random.nextBoolean() || payload.length == 0 ? payload.length
                : random.nextInt(payload.length));
        if (damaged.length > 0) {
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }
}
