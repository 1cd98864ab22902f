package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.SilentLog;
import dev.stasis.spi.PluginOption;
import dev.stasis.spi.StasisPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleException;

/** Plain jars and zips with a plugin descriptor come through PF4J into the same registry, by the same rules. */
class PlainPluginsTest {
    private static final String SPI = "[1.0,2)";

    @TempDir
    private Path directory;

    private PluginRuntime start() {
        return PluginRuntime.start(directory, new SilentLog());
    }

    private static BundleJar plain(String id) {
        return BundleJar.withPlugin(id).plain(id, SPI);
    }

    @Test
    void aPlainJarIsFoundByItsDescriptorAndItsServicesFile() throws IOException {
        Path jar = plain("first").in(directory, "first.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            StasisPlugin plugin = runtime.registry().plugins().get(0);
            assertThat(plugin.id()).isEqualTo("first");
            assertThat(runtime.registry().originOf(plugin)).isEqualTo(new PluginOrigin("plain", jar.toString()));
        }
    }

    @Test
    void theDescriptorMayBeAFileOfProperties() throws IOException {
        BundleJar.withPlugin("props").plain("props", SPI).without("Plugin-Id").without("Plugin-Version").without("Plugin-Requires")
                .file("plugin.properties", "plugin.id=props\nplugin.version=1.2.3\nplugin.requires=[1.0,2)\n"
                        .getBytes(StandardCharsets.UTF_8)).in(directory, "props.jar");
        assertPresent("props");
    }

    @Test
    void oneJarComesThroughEitherDoor() throws IOException, BundleException {
        BundleJar both = BundleJar.withPlugin("either").header("Plugin-Id", "either").header("Plugin-Version", "1.2.3")
                .header("Plugin-Requires", SPI);
        Path jar = both.in(directory, "either.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().originOf(runtime.registry().plugins().get(0)).door()).isEqualTo("bundle");
        }
        PluginJar read = PluginJar.read(jar);
        try (BundleDoor none = BundleDoor.open(List.of(), false, new SilentLog());
                Pf4jDoor door = Pf4jDoor.open(List.of(read), none, new SilentLog())) {
            assertThat(door.rejected()).isEmpty();
            assertThat(door.loaded()).singleElement().extracting(loaded -> loaded.plugin().id()).isEqualTo("either");
        }
    }

    @Test
    void aZipHasItsClassesInAFolderAndItsLibrariesInAnother() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));
        Path library = BundleJar.named("lib").without("Import-Package")
                .source("lib.Words", "package lib; public class Words { public static String word() { return \"lent\"; } }")
                .in(work, "words.jar");
        Path plugin = plain("zipped").source("zipped.User", """
                package zipped;
                public class User {
                    public static String word() throws Exception {
                        return (String) Class.forName("lib.Words").getMethod("word").invoke(null);
                    }
                }
                """).in(work, "plugin.jar");
        zip(directory.resolve("zipped.zip"), plugin, library);
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            Class<?> user = runtime.registry().plugins().get(0).getClass().getClassLoader().loadClass("zipped.User");
            assertThat(user.getMethod("word").invoke(null)).isEqualTo("lent");
        } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
        }
        assertThat(directory).isDirectoryNotContaining(path -> path.getFileName().toString().equals("zipped"));
    }

    private static void zip(Path zip, Path jar, Path library) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip)); ZipFile classes = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = classes.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                try (InputStream content = classes.getInputStream(entry)) {
                    put(out, "classes/" + entry.getName(), content.readAllBytes());
                }
            }
            put(out, "lib/words.jar", Files.readAllBytes(library));
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(content);
    }

    @Test
    void aZipThatLeadsOutOfItselfIsTurnedAway() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            put(out, "plugin.properties", "plugin.id=out\nplugin.version=1.0.0\nplugin.requires=1.0\n".getBytes(StandardCharsets.UTF_8));
            put(out, "lib/../../../../../../tmp/evil.jar", new byte[0]);
        }
        Path zip = Files.write(directory.resolve("out.zip"), bytes.toByteArray());
        assertRejected("plugin out in " + zip + ": it cannot be unpacked: its entry lib/../../../../../../tmp/evil.jar leads"
                + " out of it (copy it anew)");
    }

    @Test
    void aBrokenZipIsTurnedAway() throws IOException {
        Path zip = Files.writeString(directory.resolve("broken.zip"), "not a zip");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).singleElement().satisfies(plugin -> assertThat(plugin.problem().toString())
                    .startsWith("plugin broken.zip in " + zip + ": it is not a readable zip: "));
        }
    }

    @Test
    void aPlainPluginSeesTheSpiAndProtobufButNothingElseOfTheHost() throws IOException {
        plain("nosy").plugin("nosy", """
                private static String look(String name) {
                    try {
                        Class.forName(name, false, Plugin.class.getClassLoader());
                        return "sees";
                    } catch (ClassNotFoundException hidden) {
                        return "hidden";
                    }
                }
                public List<PluginOption> options() {
                    List<PluginOption> seen = new ArrayList<>();
                    for (String name : new String[] {"dev.stasis.linux.fs.FileCalls", "com.google.protobuf.ByteString",
                            "dev.stasis.linux.internal.Syscalls", "dev.stasis.host.plugin.PluginRuntime",
                            "org.apache.felix.framework.Felix", "org.osgi.framework.Bundle", "com.kenai.jffi.Invoker",
                            "org.slf4j.Logger", "org.pf4j.util.FileUtils"}) {
                        seen.add(new PluginOption(look(name) + "-" + name, "", ""));
                    }
                    return seen;
                }
                """).in(directory, "nosy.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            assertThat(runtime.registry().plugins().get(0).options()).extracting(PluginOption::name).containsExactly(
                    "sees-dev.stasis.linux.fs.FileCalls", "sees-com.google.protobuf.ByteString",
                    "hidden-dev.stasis.linux.internal.Syscalls", "hidden-dev.stasis.host.plugin.PluginRuntime",
                    "hidden-org.apache.felix.framework.Felix", "hidden-org.osgi.framework.Bundle",
                    "hidden-com.kenai.jffi.Invoker", "hidden-org.slf4j.Logger", "hidden-org.pf4j.util.FileUtils");
        }
    }

    @Test
    void aPlainPluginMayUseClassesOfAnotherThatItNames() throws IOException {
        plain("base").source("base.Words", "package base; public class Words { }").in(directory, "z-base.jar");
        plain("user").header("Plugin-Dependencies", "base@[1.0,2), absent?").in(directory, "a-user.jar");
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            assertThat(runtime.registry().plugins()).extracting(StasisPlugin::id).containsExactly("user", "base");
            assertThat(runtime.registry().plugin("user").orElseThrow().getClass().getClassLoader().loadClass("base.Words"))
                    .isNotNull();
        } catch (ClassNotFoundException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void whatAPlainPluginNeedsAndIsNotHereIsNamedAndSoIsWhatNeedsIt() throws IOException {
        Path one = plain("one").header("Plugin-Dependencies", "absent@2.0").in(directory, "one.jar");
        Path two = plain("two").header("Plugin-Dependencies", "one").in(directory, "two.jar");
        plain("old").in(directory, "old.jar");
        Path three = plain("three").header("Plugin-Dependencies", "old@[2.0,3)").in(directory, "three.jar");
        String help = " (install that as well, as a plain plugin)";
        assertRejectedBeside("old", "plugin one in " + one + ": it needs plugin absent in version 2.0, which is not here" + help,
                "plugin three in " + three + ": it needs plugin old in version [2.0,3), but here is 1.2.3" + help,
                "plugin two in " + two + ": it needs plugin one, which is not here" + help);
    }

    @Test
    void plainPluginsThatNeedEachOtherAreTurnedAway() throws IOException {
        Path one = plain("one").header("Plugin-Dependencies", "two").in(directory, "one.jar");
        Path two = plain("two").header("Plugin-Dependencies", "one").in(directory, "two.jar");
        assertRejected("plugin one in " + one + ": it needs plugins that in the end need it (tell its authors)",
                "plugin two in " + two + ": it needs plugins that in the end need it (tell its authors)");
    }

    @Test
    void aPlainPluginMadeForAnotherSpiIsTurnedAwayWithWhatItNeedsAndWhatIsHere() throws IOException {
        Path range = BundleJar.withPlugin("range").plain("range", "[2.0,3)").in(directory, "a.jar");
        Path bare = BundleJar.withPlugin("bare").plain("bare", "2.0").in(directory, "b.jar");
        Path expression = BundleJar.withPlugin("expression").plain("expression", ">=2.0.0 & <3.0.0").in(directory, "c.jar");
        BundleJar.withPlugin("good").plain("good", ">=1.0.0 & <2.0.0").in(directory, "d.jar");
        String help = ", but here is [1.1.0] (install the version of the plugin that was made for this Stasis, or what it needs)";
        assertRejectedBeside("good",
                "plugin range in " + range + ": it needs package dev.stasis.spi in version [2.0,3)" + help,
                "plugin bare in " + bare + ": it needs package dev.stasis.spi in version 2.0" + help,
                "plugin expression in " + expression + ": it needs package dev.stasis.spi in version >=2.0.0 & <3.0.0" + help);
    }

    @Test
    void anIncompleteOrWrongDescriptorIsTurnedAwayWithWhatItLacks() throws IOException {
        Path version = plain("a").without("Plugin-Version").in(directory, "a.jar");
        Path requires = plain("b").without("Plugin-Requires").in(directory, "b.jar");
        Path odd = BundleJar.withPlugin("c").plain("c", "some day").in(directory, "c.jar");
        Path type = plain("d").header("Plugin-Class", "d.Life").in(directory, "d.jar");
        Path other = plain("e").header("Plugin-Id", "f").in(directory, "e.jar");
        assertRejected("plugin a in " + version + ": its descriptor says no version (plugin.version, Plugin-Version)"
                        + " (complete the descriptor)",
                "plugin b in " + requires + ": its descriptor says not for which versions of dev.stasis.spi it is made"
                        + " (plugin.requires, Plugin-Requires) (complete the descriptor)",
                "plugin c in " + odd + ": its descriptor requires 'some day', which is no range of versions (write it like [1.0,2))",
                "plugin d in " + type + ": its descriptor names a class, d.Life, that nobody would start (name the plugin in"
                        + " META-INF/services/dev.stasis.spi.StasisPlugin and no class in the descriptor)",
                "plugin f in " + other + ": its descriptor says f 1.2.3, the plugin itself e 1.2.3 (make the two agree)");
    }

    @Test
    void aPlainPluginThatFailsInItsConstructorIsTurnedAwayWithWhatItSaid() throws IOException {
        Path jar = BundleJar.named("x").plugin("bad", "public Plugin() { throw new IllegalStateException(\"no mood\"); }")
                .plain("bad", SPI).in(directory, "bad.jar");
        assertRejected("plugin bad.Plugin in " + jar
                + ": it failed while it was made: java.lang.IllegalStateException: no mood (remove it, or tell its authors)");
    }

    @Test
    void aJarWithoutServicesFileIsTurnedAwayAtEitherDoor() throws IOException {
        Path plain = BundleJar.named("x").plain("empty", SPI).in(directory, "a.jar");
        Path bundle = BundleJar.named("test.empty").in(directory, "b.jar");
        String text = ": there is no META-INF/services/dev.stasis.spi.StasisPlugin in it, which would name its plugin"
                + " (build it with that file)";
        assertRejected("plugin test.empty in " + bundle + text, "plugin empty in " + plain + text);
    }

    @Test
    void onePluginIdAtBothDoorsIsTurnedAwayNamingBothFiles() throws IOException {
        Path bundle = BundleJar.withPlugin("twin").in(directory, "bundle.jar");
        Path plain = plain("twin").in(directory, "plain.jar");
        assertRejected("plugin twin in " + bundle + ": the plugin in " + plain + " has the same id (remove one of the two)",
                "plugin twin in " + plain + ": the plugin in " + bundle + " has the same id (remove one of the two)");
    }

    @Test
    void onePluginIdInTwoPlainJarsIsTurnedAwayNamingBothFiles() throws IOException {
        Path one = plain("twin").in(directory, "one.jar");
        Path two = plain("twin").in(directory, "two.jar");
        assertRejected("plugin twin in " + one + ": the plugin in " + two + " has the same id (remove one of the two)",
                "plugin twin in " + two + ": the plugin in " + one + " has the same id (remove one of the two)");
    }

    @Test
    void closingLetsGoOfTheJars() throws IOException {
        Path jar = plain("first").in(directory, "first.jar");
        start().close();
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(open.map(PlainPluginsTest::target)).doesNotContain(jar);
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return link;
        }
    }

    private void assertPresent(String id) {
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().rejected()).isEmpty();
            assertThat(runtime.registry().plugin(id)).isPresent();
        }
    }

    private void assertRejected(String... problems) {
        assertRejectedBeside(null, problems);
    }

    private void assertRejectedBeside(String id, String... problems) {
        try (PluginRuntime runtime = start()) {
            assertThat(runtime.registry().plugins()).extracting(StasisPlugin::id).isEqualTo(id == null ? List.of() : List.of(id));
            assertThat(runtime.registry().rejected()).extracting(plugin -> plugin.problem().toString())
                    .containsExactlyInAnyOrder(problems);
        }
    }
}
