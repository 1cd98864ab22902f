package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageInput;
import dev.stasis.spi.Log;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import dev.stasis.spi.RestoreContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a plugin gets in a restore, which passes everything on and checks how it is used: only during a call, only from the
 * run's thread, borrowed descriptors left open, no remote calls before tasks exist, one scope of them at a time; what it hands
 * over to be closed can be closed twice.
 */
final class AssertingRestoreContext implements RestoreContext {
    private final RestoreContext context;
    private final CallScope scope;
    private boolean tasksExist;
    private final List<Fd> lent = new ArrayList<>();
    private AssertingRemoteCalls calls;

    AssertingRestoreContext(RestoreContext context, CallScope scope) {
        this.context = context;
        this.scope = scope;
    }

    /** From now on tasks exist that can be asked to make calls. */
    void tasksExist() {
        tasksExist = true;
    }

    @Override
    public ImageInput image() {
        scope.require("RestoreContext.image");
        ImageInput image = context.image();
        return name -> {
            scope.require("ImageInput.open");
            return image.open(name);
        };
    }

    @Override
    public Fd open(FileRecord record, OpenFlags flags) {
        scope.require("RestoreContext.open");
        return context.open(record, flags);
    }

    @Override
    public Optional<Fd> restored(OpenFileId id) {
        scope.require("RestoreContext.restored");
        Optional<Fd> file = context.restored(id);
        file.ifPresent(lent::add);
        return file;
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        scope.require("RestoreContext.remoteCalls");
        if (!tasksExist) {
            throw new AssertionError(scope.current() + " asks for remote calls before there are tasks to make them");
        }
        calls = AssertingRemoteCalls.open(calls, scope, () -> context.remoteCalls(task));
        return calls;
    }

    @Override
    public void controllingTerminal(Pid leader, Fd terminal) {
        scope.require("RestoreContext.controllingTerminal");
        if (!terminal.isOpen()) {
            throw new AssertionError(scope.current() + " gives a session a terminal that is closed");
        }
        context.controllingTerminal(leader, terminal);
    }

    @Override
    public List<FileRecord> records() {
        scope.require("RestoreContext.records");
        return context.records();
    }

    @Override
    public <T extends AutoCloseable> T own(T resource) {
        scope.require("RestoreContext.own");
        context.own(resource);
        // Closed twice in the end: closing must do nothing the second time.
        context.own(resource);
        return resource;
    }

    @Override
    public Options options() {
        return context.options();
    }

    @Override
    public Log log() {
        return context.log();
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
