package dev.stasis.host.plugin;

import java.io.IOException;
import java.nio.file.Path;

/** Plugin jars for tests in other packages. */
public final class ThrowAwayPlugins {
    private ThrowAwayPlugins() {}

    /** A bundle with plugin {@code id}, which has an option {@code --id-option}, in version {@code version}. */
    public static Path bundle(Path directory, String file, String id, String version) throws IOException {
        return BundleJar.named("test." + id).plugin(id, version, """
                public Collection<PluginOption> options() {
                    return List.of(new PluginOption("%s-option", "TEXT", "Says something."));
                }
                """.formatted(id)).in(directory, file);
    }

    /** A plain jar with plugin {@code id}. */
    public static Path plain(Path directory, String file, String id) throws IOException {
        return BundleJar.withPlugin(id).plain(id, "[1.0,2)").in(directory, file);
    }

    /** A plain jar with plugin {@code id} for another SPI. */
    public static Path incompatible(Path directory, String file, String id) throws IOException {
        return BundleJar.withPlugin(id).plain(id, "[7.0,8)").in(directory, file);
    }

    /** A plain jar with plugin {@code id} that says the machine lacks something. */
    public static Path lacking(Path directory, String file, String id) throws IOException {
        return BundleJar.named("test." + id).plugin(id, """
                enum Code implements ErrorCode { NO_DEVICE; public ErrorType type() { return ErrorType.ENVIRONMENT; } }
                public List<Problem> check() {
                    return List.of(new Problem(Code.NO_DEVICE, "/dev/counter", "there is no such device", "load its module"));
                }
                """).plain(id, "[1.0,2)").in(directory, file);
    }
}
