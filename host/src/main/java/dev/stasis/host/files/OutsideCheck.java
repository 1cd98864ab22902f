package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.proc.DescriptorSearch.Found;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.ArrayList;
import java.util.List;

/** Asks kinds about files of theirs that processes outside of the tree have open too, as one open file description. */
final class OutsideCheck {
    private final Chain chain;
    private final OutsideSearch search;
    private final PluginFault fault;
    private final ClaimContext context;

    OutsideCheck(Chain chain, OutsideSearch search, PluginFault fault, ClaimContext context) {
        this.chain = chain;
        this.search = search;
        this.fault = fault;
        this.context = context;
    }

    /** Adds what is wrong with those of {@code claimed} to {@code problems}. */
    void check(List<ClaimedFile> claimed, List<Problem> problems) {
        List<Found> candidates = search.candidates(claimed, chain.tasks());
        for (int i = 0; i < claimed.size() && !candidates.isEmpty(); i++) {
            List<RemoteFd> outside = sharing(claimed.get(i).file(), candidates);
            if (!outside.isEmpty()) {
                ask(claimed.get(i), outside, problems);
            }
        }
    }

    private static List<RemoteFd> sharing(OpenFile file, List<Found> candidates) {
        List<RemoteFd> outside = new ArrayList<>(0);
        for (int i = 0; i < candidates.size(); i++) {
            Found one = candidates.get(i);
            if (one.link().equals(file.link()) && file.hasDescriptor()) {
                RemoteFd descriptor = new RemoteFd(one.task(), one.number());
                if (ProcessCalls.isSameFile(descriptor(file), descriptor)) {
                    outside.add(descriptor);
                }
            }
        }
        return outside;
    }

    static RemoteFd descriptor(OpenFile file) {
        for (Holder holder : file.holders()) {
            if (holder instanceof Holder.Descriptor descriptor) {
                return new RemoteFd(descriptor.task(), descriptor.number());
            }
        }
        throw new IllegalArgumentException(file + " has no descriptor");
    }

    private void ask(ClaimedFile one, List<RemoteFd> outside, List<Problem> problems) {
        try {
            problems.addAll(one.kind().sharedOutside(one.file(), outside, context));
        } catch (StasisException e) {
            problems.addAll(e.problems());
        } catch (RuntimeException | Error e) {
            PluginFault.passThrough(e);
            problems.add(fault.problem(one.kind(), "say whether it may be shared", FileClaims.subject(one.file()), e));
        }
    }
}
