package dev.stasis.contract;

import dev.stasis.linux.Fd;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.plugins.inheritfd.InheritFdPlugin;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.GivenOptions;
import dev.stasis.testkit.contract.SubstitutionContract;
import java.util.List;
import java.util.Map;

class InheritFdContractTest extends SubstitutionContract {
    private static final OpenFlags FRESH = OpenFlags.WRONLY.with(OpenFlags.CREAT).with(OpenFlags.APPEND);

    @Override
    protected StasisPlugin plugin() {
        return new InheritFdPlugin();
    }

    @Override
    protected String substitution() {
        return "inherit-fd";
    }

    @Override
    protected List<Fd> open() {
        return List.of(file("first.log"), file("second.log"));
    }

    @Override
    protected Fd given() {
        Fd file = file("new.log");
        FileCalls.closeOnExec(file, false); // as a shell would hand it over
        return file;
    }

    private Fd file(String name) {
        return FileCalls.open(UnixPath.of(directory.resolve(name).toString()), FRESH, 0600);
    }

    @Override
    protected GivenOptions asking(FileRecord wanted, Fd given) {
        return inherit("fd[" + given.number() + "]:" + wanted.link());
    }

    @Override
    protected List<GivenOptions> mistaken(FileRecord wanted, Fd given) {
        String right = "fd[" + given.number() + "]:" + wanted.link();
        return List.of(inherit("fd[" + given.number() + "]:pipe:[1]"), inherit("nonsense"), inherit("fd[99999]:" + wanted.link()),
                inherit(right, right));
    }

    private static GivenOptions inherit(String... values) {
        return new GivenOptions(Map.of("inherit-fd", List.of(values)));
    }
}
