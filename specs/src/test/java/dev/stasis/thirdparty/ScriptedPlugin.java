package dev.stasis.thirdparty;

import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpHook;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FdKind;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.OpenFileId;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.spi.Substitution;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A third party's plugin that keeps files called {@code scripted}, and does at one point what a test wants: throws or returns
 * what the test supplies.
 */
final class ScriptedPlugin implements StasisPlugin {

    /** Where a test can have it do something else. */
    enum Point {
        CLAIM,
        DUMP,
        PLAN,
        RESTORE,
        DEFERRED,
        RELEASE,
        SUBSTITUTE,
        NONE
    }

    private final String id;
    private final Claim.Fit fit;
    private final Point point;
    private final Supplier<?> deed;
    private String version = "1.2.3";

    ScriptedPlugin(String id, Claim.Fit fit, Point point, Supplier<?> deed) {
        this.id = id;
        this.fit = fit;
        this.point = point;
        this.deed = deed;
    }

    /** One that works. */
    static ScriptedPlugin sound(String id, Claim.Fit fit) {
        return new ScriptedPlugin(id, fit, Point.NONE, () -> null);
    }

    /** One that throws at {@code point}. */
    static ScriptedPlugin throwing(Point point, RuntimeException thrown) {
        return new ScriptedPlugin("scripted", Claim.Fit.SPECIAL, point, () -> {
            throw thrown;
        });
    }

    /** The same in another version. */
    ScriptedPlugin in(String other) {
        version = other;
        return this;
    }

    @SuppressWarnings("unchecked")
    private <T> T at(Point here, Supplier<T> otherwise) {
        return here == point ? (T) deed.get() : otherwise.get();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new Kind());
    }

    @Override
    public Collection<DumpHook> dumpHooks() {
        return point != Point.RELEASE ? List.of() : List.of(new DumpHook() {
            @Override
            public DumpStage stage() {
                return DumpStage.RELEASE;
            }

            @Override
            public void run(List<OpenFile> files, DumpContext context) {
                deed.get();
            }
        });
    }

    @Override
    public Collection<Substitution> substitutions() {
        return point != Point.SUBSTITUTE ? List.of() : List.of(new Substitution() {
            @Override
            public String name() {
                return "scripted-substitution";
            }

            @Override
            public Map<OpenFileId, Fd> plan(List<FileRecord> records, List<Problem> problems, RestoreContext context) {
                deed.get();
                return Map.of();
            }
        });
    }

    @Override
    public Collection<PluginOption> options() {
        return List.of(new PluginOption(id + "-option", "", "Says that it is wanted."));
    }

    private final class Kind implements FdKind {
        @Override
        public String name() {
            return id + "-kind";
        }

        @Override
        public ImageType imageType() {
            return new ImageType(1900, 1900);
        }

        @Override
        public Claim claim(OpenFile file, ClaimContext context) {
            return at(Point.CLAIM, () -> file.link().endsWith("/scripted") ? Claim.takeLocated(fit) : Claim.none());
        }

        @Override
        public byte[] dump(OpenFile file, DumpContext context) {
            return at(Point.DUMP, () -> new byte[0]);
        }

        @Override
        public List<Problem> plan(FileRecord record, RestoreContext context) {
            return at(Point.PLAN, List::of);
        }

        @Override
        public Fd restore(FileRecord record, RestoreContext context) {
            return at(Point.RESTORE, () -> context.open(record, record.flags().without(OpenFlags.CREAT)));
        }

        @Override
        public void restoreDeferred(FileRecord record, Fd file, RestoreContext context) {
            at(Point.DEFERRED, () -> null);
        }
    }
}
