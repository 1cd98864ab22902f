package dev.stasis.host.image;

import dev.stasis.host.image.proto.mm_entry;
import dev.stasis.host.image.proto.vma_entry;
import dev.stasis.host.state.GuardRegion;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.MemoryLayout;
import dev.stasis.host.state.MemoryState;
import dev.stasis.host.state.TaskSettings;
import dev.stasis.linux.RemoteAddress;
import java.util.ArrayList;
import java.util.List;

/** An address space without its contents: {@code mm-PID.img}. */
final class MemoryCodec {

    private MemoryCodec() {}

    /** {@code memory} as a message; {@code settings} for the reference's own places for two of them, may be null. */
    static mm_entry write(MemoryState memory, TaskSettings settings) {
        mm_entry.Builder entry = layout(memory.layout());
        entry.setExeFileId(memory.executable() == null ? 0 : memory.executable().number());
        for (long value : memory.auxiliaryVector()) {
            entry.addMmSavedAuxv(value);
        }
        for (Mapping mapping : memory.mappings()) {
            entry.addVmas(MappingCodec.write(mapping));
        }
        for (GuardRegion guard : memory.guards()) {
            entry.addStasisGuards(guard.start().value()).addStasisGuards(guard.end().value());
        }
        if (settings != null) {
            entry.setDumpable(settings.dumpable()).setThpDisabled(settings.transparentHugePagesDisabled());
        }
        return entry.build();
    }

    private static mm_entry.Builder layout(MemoryLayout layout) {
        return mm_entry.newBuilder()
                .setMmStartCode(layout.startCode())
                .setMmEndCode(layout.endCode())
                .setMmStartData(layout.startData())
                .setMmEndData(layout.endData())
                .setMmStartStack(layout.startStack())
                .setMmStartBrk(layout.startBrk())
                .setMmBrk(layout.brk())
                .setMmArgStart(layout.argumentsStart())
                .setMmArgEnd(layout.argumentsEnd())
                .setMmEnvStart(layout.environmentStart())
                .setMmEnvEnd(layout.environmentEnd());
    }

    /** The address space that {@code entry} tells of; its mappings must not overlap. */
    static MemoryState read(mm_entry entry) {
        MemoryLayout layout = new MemoryLayout(entry.getMmStartCode(), entry.getMmEndCode(), entry.getMmStartData(),
                entry.getMmEndData(), entry.getMmStartBrk(), entry.getMmBrk(), entry.getMmStartStack(), entry.getMmArgStart(),
                entry.getMmArgEnd(), entry.getMmEnvStart(), entry.getMmEnvEnd());
        long[] auxiliaryVector = new long[entry.getMmSavedAuxvCount()];
        for (int i = 0; i < auxiliaryVector.length; i++) {
            auxiliaryVector[i] = entry.getMmSavedAuxv(i);
        }
        return new MemoryState(layout, auxiliaryVector, FileCodec.optionalId(entry.getExeFileId()),
                mappings(entry.getVmasList()), guards(entry));
    }

    private static List<GuardRegion> guards(mm_entry entry) {
        MalformedImage.unless(entry.getStasisGuardsCount() % 2 == 0, "it has half a guard region");
        List<GuardRegion> guards = new ArrayList<>(entry.getStasisGuardsCount() / 2);
        for (int i = 0; i < entry.getStasisGuardsCount(); i += 2) {
            guards.add(new GuardRegion(new RemoteAddress(entry.getStasisGuards(i)), new RemoteAddress(entry.getStasisGuards(i + 1))));
            MalformedImage.unless(guards.get(i / 2).length() > 0, "it has a guard region with impossible bounds");
        }
        return guards;
    }

    private static List<Mapping> mappings(List<vma_entry> entries) {
        List<Mapping> mappings = new ArrayList<>(entries.size());
        RemoteAddress end = RemoteAddress.NULL;
        for (vma_entry entry : entries) {
            Mapping mapping = MappingCodec.read(entry);
            MalformedImage.unless(mapping.start().compareTo(end) >= 0, "its mappings overlap at ", mapping.start(), "");
            end = mapping.end();
            mappings.add(mapping);
        }
        return mappings;
    }
}
