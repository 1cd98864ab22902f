package dev.stasis.host.image;

import dev.stasis.host.image.proto.stasis_memory_policy_entry;
import dev.stasis.host.image.proto.stasis_thread_settings_entry;
import dev.stasis.host.state.MemoryPolicy;
import dev.stasis.host.state.ThreadSettings;

/** Memory policies, and what else few threads have. */
final class PolicyCodec {
    private PolicyCodec() {}

    static stasis_memory_policy_entry write(MemoryPolicy policy) {
        return stasis_memory_policy_entry.newBuilder().setMode(policy.mode()).addAllNodes(policy.nodes()).build();
    }

    static MemoryPolicy read(stasis_memory_policy_entry entry) {
        return entry.getMode() == 0 ? MemoryPolicy.DEFAULT : new MemoryPolicy(entry.getMode(), entry.getNodesList());
    }

    static stasis_thread_settings_entry write(ThreadSettings settings) {
        stasis_thread_settings_entry.Builder entry = stasis_thread_settings_entry.newBuilder()
                .setMceKill(settings.machineCheckKill())
                .setTsc(settings.timeStampCounter())
                .setIoFlusher(settings.ioFlusher());
        if (!settings.memoryPolicy().isDefault()) {
            entry.setMemoryPolicy(write(settings.memoryPolicy()));
        }
        return entry.build();
    }

    static ThreadSettings read(stasis_thread_settings_entry entry) {
        return new ThreadSettings(entry.getMceKill(), entry.getTsc(), entry.getIoFlusher(), read(entry.getMemoryPolicy()));
    }
}
