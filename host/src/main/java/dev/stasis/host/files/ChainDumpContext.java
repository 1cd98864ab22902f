package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.Options;

/** What plugins may use of a frozen tree while they dump it. */
final class ChainDumpContext extends ChainClaimContext implements DumpContext {
    private final ImageOutput image;
    private final RemoteCallsSource remoteCalls;

    ChainDumpContext(Chain chain, Options options, Log log, ImageOutput image, RemoteCallsSource remoteCalls) {
        super(chain, options, log);
        this.image = image;
        this.remoteCalls = remoteCalls;
    }

    @Override
    public ImageOutput image() {
        return image;
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        return remoteCalls.of(task);
    }
}
