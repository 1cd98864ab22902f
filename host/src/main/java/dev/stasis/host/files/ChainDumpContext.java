package dev.stasis.host.files;

import dev.stasis.host.model.Chain;
import dev.stasis.linux.Fd;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.ImageOutput;
import dev.stasis.spi.Log;
import dev.stasis.spi.MountRemap;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.Options;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What plugins may use of a frozen tree while they dump it. */
final class ChainDumpContext extends ChainClaimContext implements DumpContext {
    private static final OpenFlags DIRECTORY = OpenFlags.PATH.with(OpenFlags.DIRECTORY);

    private final Map<OpenFileId, MountRemap> remapped;
    private final PluginFault fault;
    private final ImageOutput image;
    private final RemoteCallsSource remoteCalls;
    private Fd hostRoot;

    ChainDumpContext(
            Chain chain, Map<OpenFileId, MountRemap> remapped, PluginFault fault, Options options, Log log, ImageOutput image,
            RemoteCallsSource remoteCalls) {
        super(chain, options, log);
        this.fault = fault;
        this.remapped = remapped;
        this.image = image;
        this.remoteCalls = remoteCalls;
    }

    @Override
    public ImageOutput image() {
        return image;
    }

    @Override
    public Fd base(OpenFile file) {
        MountRemap remap = remapped.get(file.id());
        Optional<Fd> root = remap == null ? Optional.empty() : presentRoot(remap, file);
        return root.isPresent() ? root.get() : hostRoot();
    }

    /** Another plugin asks for it, which is not to blame if that fails. */
    private Optional<Fd> presentRoot(MountRemap remap, OpenFile file) {
        try {
            return Objects.requireNonNull(remap.presentRoot(file, this), "it returned nothing");
        } catch (RuntimeException | Error e) {
            throw fault.of(remap, "show the root of its mount", FileClaims.subject(file), e);
        }
    }

    private Fd hostRoot() {
        if (hostRoot == null) {
            hostRoot = own(FileCalls.open(UnixPath.of("/"), DIRECTORY, 0));
        }
        return hostRoot;
    }

    @Override
    public RemoteCalls remoteCalls(Pid task) {
        return remoteCalls.of(task);
    }
}
