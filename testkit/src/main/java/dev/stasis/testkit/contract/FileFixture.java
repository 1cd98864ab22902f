package dev.stasis.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Fd;
import dev.stasis.linux.KernelException;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.RecordingLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Open files, dumped and restored in this process by what one plugin adds: what {@link FileContract} and tests besides it stand on. */
public abstract class FileFixture {
    /** A directory of this test alone. */
    @TempDir
    protected Path directory;

    final List<Fd> files = new ArrayList<>();
    final MemoryImage image = new MemoryImage();
    final RecordingLog log = new RecordingLog();
    private int descriptorsBefore;

    /** A new instance of the plugin. */
    protected abstract StasisPlugin plugin();

    /** What of {@code plugin} this is about. */
    abstract ContractSubject subjectOf(StasisPlugin plugin);

    /** The name of that. */
    abstract String subject();

    /**
     * Opens files that it is about, with a state worth keeping: at least one, and where there can be several open files of one
     * object (one inode, one queue, one pipe), two of one among them.
     */
    protected abstract List<Fd> open();

    /** All of the state of {@code file} that must come back, as text; must not change it. */
    protected abstract String state(Fd file);

    /** The options that are given to dump and restore. */
    protected GivenOptions options() {
        return GivenOptions.none();
    }

    /** What the end of the tree takes with it, besides its descriptors: called after a dump, when they are closed. */
    protected void treeEnds() {}

    /** Whether {@code one} and {@code other} are of one object; by default, of one inode. */
    protected boolean areOfOneObject(Fd one, Fd other) {
        return FileCalls.status(one).inode().equals(FileCalls.status(other).inode());
    }

    /**
     * Where images that released versions made are kept, a folder for each version. Recorded by running this test with
     * {@code -Dstasis.golden.record=true}, once for each version that writes something else than the one before.
     */
    protected Path goldenImages() {
        return Path.of("src/test/resources/golden", plugin().id(), subject());
    }

    /** Whether an image can be restored on another machine, where nothing of the first one is; if not, it is only read. */
    protected boolean isSelfContained() {
        return true;
    }

    /** {@code payload} with a field that no version so far knows; by default as a protobuf message has it. */
    protected byte[] withUnknownField(byte[] payload) {
        byte[] longer = Arrays.copyOf(payload, payload.length + UNKNOWN_FIELD.length);
        System.arraycopy(UNKNOWN_FIELD, 0, longer, payload.length, UNKNOWN_FIELD.length);
        return longer;
    }

    /** Field 20000, a varint, with value 1. */
    private static final byte[] UNKNOWN_FIELD = {(byte) 0x80, (byte) 0xe2, 0x09, 0x01};

    @BeforeEach
    final void openThem() {
        descriptorsBefore = descriptors();
        files.addAll(open());
        assertThat(files).as("files to dump").isNotEmpty();
    }

    @AfterEach
    final void closeThem() {
        files.forEach(Fd::close);
        image.close();
        assertNoMoreDescriptorsThan(descriptorsBefore);
    }

    /** The JVM opens files for a moment whenever it likes; left open is what does not go away. */
    static void assertNoMoreDescriptorsThan(int before) {
        Await.until("no more descriptors are open than the " + before + " before", () -> descriptors() <= before);
    }

    static int descriptors() {
        // The JVM opens some of its own for the first use of a class; jars and modules are none of the plugin's.
        int count = 0;
        for (int number : ProcFile.descriptors(ProcessCalls.self())) {
            String target;
            try {
                target = FileCalls.readLink(ProcFile.path(ProcessCalls.self(), "fd/" + number)).toString();
            } catch (KernelException gone) {
                continue;
            }
            count += target.endsWith(".jar") || target.endsWith("/modules") || target.startsWith("/proc/") ? 0 : 1;
        }
        return count;
    }

    LocalFiles local() {
        LocalFiles local = new LocalFiles();
        files.forEach(local::add);
        return local;
    }

    List<FileRecord> dump() {
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        try (ContractDump dump = new ContractDump(plugin, subjectOf(plugin), local(), image, options(), log)) {
            return dump.run();
        }
    }

    ContractRestore restore(List<FileRecord> records) {
        AssertingPlugin plugin = AssertingPlugin.of(plugin());
        return new ContractRestore(plugin, subjectOf(plugin), records, image, options(), log);
    }

    List<String> states(List<Fd> of) {
        return of.stream().map(this::state).toList();
    }

    void end() {
        files.forEach(Fd::close);
        treeEnds();
    }
}
