package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.image.proto.core_entry;
import dev.stasis.host.image.proto.mm_entry;
import dev.stasis.host.image.proto.task_core_entry;
import dev.stasis.host.image.proto.vma_entry;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.TaskState;
import dev.stasis.host.state.ThreadState;
import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a record says, its message says too: written, put into bytes and read again it is the same. */
class CodecProperties {

    private static RandomState states(long seed) {
        return new RandomState(new Random(seed));
    }

    @Property(tries = 200)
    void registersComeBack(@ForAll long seed) {
        var registers = states(seed).registers();
        assertThat(RegistersCodec.read(RegistersCodec.write(registers))).isEqualTo(registers);
    }

    @Property(tries = 200)
    void theExtendedStateComesBackByteForByte(@ForAll long seed) {
        byte[] state = states(seed).extendedState();
        assertThat(ExtendedStateCodec.full(ExtendedStateCodec.sparse(state))).isEqualTo(state);
    }

    @Property(tries = 200)
    void anyBytesAreAnExtendedState(@ForAll @Size(max = 700) byte[] state) {
        assertThat(ExtendedStateCodec.full(ExtendedStateCodec.sparse(state))).isEqualTo(state);
        ExtendedStateCodec.view(state);
    }

    @Property(tries = 100)
    void aThreadComesBack(@ForAll long seed) throws IOException {
        ThreadState thread = states(seed).thread(new Pid(7));
        core_entry.Builder core = core_entry.newBuilder().setMtype(1);
        SeccompCodec seccomp = new SeccompCodec();
        ThreadCodec.write(thread, seccomp, core);
        assertThat(ThreadCodec.read(new Pid(7), core_entry.parseFrom(core.build().toByteArray()), seccomp.message()))
                .usingRecursiveComparison().isEqualTo(thread);
    }

    @Property(tries = 100)
    void aTaskThatHasEndedComesBack(@ForAll long seed) throws IOException {
        TaskState task = states(seed).ended(new Pid(7));
        SeccompCodec seccomp = new SeccompCodec();
        core_entry core = core_entry.parseFrom(TaskCodec.write(task, task.threads().get(0), seccomp).toByteArray());
        List<ThreadState> threads = List.of(ThreadCodec.read(new Pid(7), core, seccomp.message()));
        assertThat(new TaskFrame(new Pid(7), null, task.group(), task.session(), threads).ended(core.getTc()))
                .usingRecursiveComparison().isEqualTo(task);
    }

    @Property(tries = 100)
    void signalActionsComeBack(@ForAll long seed) {
        var actions = states(seed).actions();
        task_core_entry.Builder core = task_core_entry.newBuilder();
        SignalCodec.write(actions, core);
        assertThat(SignalCodec.read(core.getSigactionsList())).isEqualTo(actions);
    }

    @Property(tries = 200)
    void timersComeBack(@ForAll long seed) {
        var intervals = states(seed).intervalTimers();
        var timers = states(seed).posixTimers();
        assertThat(TimerCodec.intervals(TimerCodec.write(intervals, timers))).isEqualTo(intervals);
        assertThat(TimerCodec.posix(TimerCodec.write(intervals, timers))).isEqualTo(timers);
    }

    @Property(tries = 200)
    void credentialsComeBack(@ForAll long seed) {
        var credentials = states(seed).credentials();
        assertThat(CredentialsCodec.read(CredentialsCodec.write(credentials))).isEqualTo(credentials);
    }

    @Property(tries = 100)
    void mappingsComeBack(@ForAll long seed) throws IOException {
        for (Mapping mapping : states(seed).mappings()) {
            assertThat(MappingCodec.read(vma_entry.parseFrom(MappingCodec.write(mapping).toByteArray()))).isEqualTo(mapping);
        }
    }

    @Property(tries = 100)
    void anAddressSpaceComesBack(@ForAll long seed) throws IOException {
        var memory = states(seed).memory();
        assertThat(MemoryCodec.read(mm_entry.parseFrom(MemoryCodec.write(memory, null).toByteArray())))
                .usingRecursiveComparison().isEqualTo(memory);
    }

    @Property(tries = 200)
    void aFileComesBackAndItsKindsBytesAreNotTouched(
            @ForAll @IntRange(min = 1) int id, @ForAll byte[] payload, @ForAll int flags, @ForAll long position,
            @ForAll boolean seekable, @ForAll @Size(max = 20) byte[] path, @ForAll @IntRange(min = 3, max = 999) int field)
            throws IOException {
        for (int i = 0; i < path.length; i++) {
            path[i] = path[i] == 0 ? 1 : path[i];
        }
        LocationRecord location = new LocationRecord(UnixPath.of(path),
                seekable ? Optional.of(new LocationRecord.Remapped("mount", payload)) : Optional.empty(), Optional.empty());
        FileRecord file = new FileRecord(new OpenFileId(id), "kind", new OpenFlags(flags),
                seekable ? OptionalLong.of(position) : OptionalLong.empty(), new FileOwner(1, id, 2, 3, 4), UnixPath.of(path),
                List.of(), location, payload);
        RecordBuffer buffer = new RecordBuffer();
        buffer.begin(ImageMagic.FILES);
        FileCodec.write(file, new ImageType(id, field), buffer);
        int start = ImageMagic.FILES.length() + Integer.BYTES;
        assertThat(FileCodec.read(buffer.bytes(), start, buffer.length(), Map.of()))
                .usingRecursiveComparison().isEqualTo(file);
    }
}
