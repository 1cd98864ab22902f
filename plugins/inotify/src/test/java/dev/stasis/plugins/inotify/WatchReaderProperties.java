package dev.stasis.plugins.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileHandle;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.WatchDescriptor;
import dev.stasis.linux.proc.InotifyMark;
import dev.stasis.plugins.inotify.proto.inotify_file_entry;
import dev.stasis.plugins.inotify.proto.inotify_wd_entry;
import dev.stasis.spi.OpenFileId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WatchReaderProperties {
    private static final int FIELD_OF_WATCHES = 5 << 3 | 2;

    private static Watch watch(Random random) {
        byte[] bytes = new byte[random.nextInt(FileHandle.MAX_SIZE) + 1];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        DeviceNumber device = new DeviceNumber(random.nextInt(4096), random.nextInt(1 << 20));
        FileHandle handle = random.nextInt(5) == 0 ? null : new FileHandle(random.nextInt(256), bytes);
        InotifyMark mark = new InotifyMark(new WatchDescriptor(1 + random.nextInt(Integer.MAX_VALUE - 1)), random.nextLong(), device,
                new EventMask(random.nextInt()), handle);
        return new Watch(mark, new WatchTarget(true, random.nextBoolean() ? UnixPath.of("/some/where" + random.nextInt()) : null,
                random.nextBoolean() ? new InodeId(device, random.nextLong()) : null,
                random.nextBoolean() ? new OpenFileId(random.nextInt(1000)) : null, random.nextBoolean(), random.nextBoolean()));
    }

    private static List<Watch> watches(long seed, int count) {
        Random random = new Random(seed);
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            watches.add(watch(random));
        }
        return watches;
    }

    private static List<Watch> read(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        WatchReader reader = new WatchReader(in);
        List<Watch> read = new ArrayList<>();
        while (in.hasMore()) {
            int tag = in.number();
            if (tag == FIELD_OF_WATCHES) {
                read.add(reader.read());
            } else {
                in.skip(tag);
            }
        }
        return read;
    }

    @Property
    void whatIsWrittenIsWhatTheGeneratedMessagesWrite(@ForAll long seed, @ForAll @IntRange(max = 6) int count) throws Exception {
        List<Watch> watches = watches(seed, count);
        byte[] written = InstanceEntry.encode(new OpenFileId(7), watches);
        inotify_file_entry entry = inotify_file_entry.newBuilder().mergeFrom(written).buildPartial();
        assertThat(entry.toByteArray()).as("read and written by them: all known, in their order").isEqualTo(written);
        for (int i = 0; i < count; i++) {
            inotify_wd_entry one = entry.getWd(i);
            InotifyMark mark = watches.get(i).mark();
            assertThat(List.of(one.getId(), one.getMask(), one.getIgnoredMask(), one.getSDev(), one.getWd())).containsExactly(
                    7, mark.mask().bits(), 0, mark.device().kernelEncoding(), mark.watch().number());
            assertThat(one.getIIno()).isEqualTo(mark.inode());
            assertThat(one.getFHandle()).isEqualTo(InstanceEntry.encode(mark.handle(), watches.get(i).target().path()));
            assertThat(one.getTarget()).isEqualTo(InstanceEntry.encode(watches.get(i).target()));
        }
    }

    @Property
    void whatIsWrittenAsAMessageIsReadAsItWas(@ForAll long seed, @ForAll @IntRange(max = 6) int count) {
        List<Watch> watches = watches(seed, count);
        assertThat(read(InstanceEntry.encode(new OpenFileId(7), watches))).isEqualTo(watches);
    }

    @Property
    void whatIsCutOffOrDamagedIsRefusedOrReadAsSomethingElse(@ForAll long seed, @ForAll @IntRange(max = 300) int at, @ForAll byte other) {
        byte[] bytes = InstanceEntry.encode(new OpenFileId(7), watches(seed, 2));
        byte[] damaged = Arrays.copyOf(bytes, bytes.length);
        damaged[at % bytes.length] = other;
        for (byte[] wrong : List.of(damaged, Arrays.copyOf(bytes, at % bytes.length))) {
            try {
                read(wrong);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Example
    void aNumberThatDoesNotEndIsRefused() {
        byte[] endless = new byte[12];
        Arrays.fill(endless, (byte) 0x80);
        assertThatThrownBy(() -> new WireReader(endless).longNumber()).isInstanceOf(IllegalArgumentException.class);
    }
}
