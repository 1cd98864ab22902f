package dev.stasis.plugins.eventfds;

import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.util.Optional;

/** The fdinfo files of a tree's descriptors. */
final class InfoFile {
    private InfoFile() {}

    /**
     * The lines that only files of this kind have. Of a descriptor where the task has it: a copy of our own for each of ten thousand
     * files would be more than most may have open.
     */
    static String lines(OpenFile file, ClaimContext context) {
        if (file.holders().get(0) instanceof Holder.Descriptor descriptor) {
            Optional<byte[]> info = ProcFile.tryRead(descriptor.task(), "fdinfo/" + descriptor.number());
            if (info.isPresent()) {
                return DescriptorInfo.parse(info.get()).rest();
            }
        }
        byte[] info = ProcFile.read(ProcessCalls.self(), "fdinfo/" + context.descriptor(file).number());
        return DescriptorInfo.parse(info).rest();
    }
}
