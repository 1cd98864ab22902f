package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.FirstLookContext;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Options;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plugin gets in a dump, which passes everything on and checks how it is used: only during a call, only from the run's
 * thread, borrowed descriptors left open, one scope of remote calls at a time, and none left open.
 */
final class AssertingDumpContext implements DumpContext, FirstLookContext {
    private final ClaimContext context;
    private final CallScope scope;
    private final List<Fd> lent = new ArrayList<>();
    private AssertingRemoteCalls calls;

    /** Passes on to {@code context}, which is a {@link DumpContext} but for claims and first looks. */
    AssertingDumpContext(ClaimContext context, CallScope scope) {
        this.context = context;
        this.scope = scope;
    }

    private DumpContext dump(String use) {
        scope.require(use);
        if (!(context instanceof DumpContext dump)) {
            throw new AssertionError(use + " is used in " + scope.current() + ", which only looks");
        }
        return dump;
    }

    @Override
    public List<OpenFile> files() {
        scope.require("ClaimContext.files");
        return context.files();
    }

    @Override
    public Fd descriptor(OpenFile file) {
        scope.require("ClaimContext.descriptor");
        Fd descriptor = context.descriptor(file);
        lent.add(descriptor);
        return descriptor;
    }

    @Override
    public ImageOutput image() {
        scope.require("the image");
        ImageOutput image = context instanceof FirstLookContext look ? look.image() : dump("DumpContext.image").image();
        return name -> {
            scope.require("ImageOutput.create");
            return image.create(name);
        };
    }

    @Override
    public long begunMillis() {
        scope.require("FirstLookContext.begunMillis");
        return ((FirstLookContext) context).begunMillis();
    }

    @Override
    public Fd base(OpenFile file) {
        return dump("DumpContext.base").base(file);
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        DumpContext dump = dump("DumpContext.remoteCalls");
        calls = AssertingRemoteCalls.open(calls, scope, () -> dump.remoteCalls(task));
        return calls;
    }

    @Override
    public Options options() {
        return context.options();
    }

    @Override
    public Log log() {
        return context.log();
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        scope.require("ClaimContext.own");
        context.own(resource);
        // Closed twice in the end: closing must do nothing the second time.
        context.own(resource);
        return resource;
    }

    /** Fails if the call that ends left something behind or closed what was not its own. */
    void callEnds() {
        AssertingRemoteCalls.requireClosed(calls, scope);
        for (Fd descriptor : lent) {
            if (!descriptor.isOpen()) {
                throw new AssertionError(scope.current() + " closed a descriptor that it had borrowed");
            }
        }
    }
}
