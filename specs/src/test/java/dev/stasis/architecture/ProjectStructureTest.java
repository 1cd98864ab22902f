package dev.stasis.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that hold over all modules: who may know whom, and how long a file may be. */
class ProjectStructureTest {
    private static final int MAX_LINES = 300;
    /** Tables, which have one line for each entry and nothing to understand. */
    private static final Set<String> TABLES = Set.of("SyscallNumber.java");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Stream.concat(Files.list(ROOT), Files.list(ROOT.resolve("plugins")))) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
        }
    }

    private static JavaClasses classesOf(List<Path> modules) {
        return new ClassFileImporter().importPaths(modules.stream().map(module -> module.resolve("target/classes"))
                .filter(Files::exists).toList());
    }

    private static List<Path> plugins() throws IOException {
        return modules().stream().filter(module -> module.getParent().endsWith("plugins")).toList();
    }

    @Test
    void aPluginKnowsOfTheProjectNothingButKernelApiAndItself() throws IOException {
        for (Path plugin : plugins()) {
            JavaClasses own = classesOf(List.of(plugin));
            if (own.isEmpty()) {
                continue;
            }
            String[] packages = own.stream().map(type -> type.getPackageName()).distinct().toArray(String[]::new);
            noClasses().should().dependOnClassesThat(resideInAnyPackage("dev.stasis..")
                    .and(not(resideInAnyPackage("dev.stasis.spi..", "dev.stasis.linux..")))
                    .and(not(resideInAnyPackage(packages)))).as(plugin.getFileName() + " keeps to kernel-api").check(own);
            noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.stasis.linux.internal..", "org.osgi.framework..",
                    "org.pf4j..", "com.kenai.jffi..", "jnr..").check(own);
        }
    }

    @Test
    void theHostKnowsNoPlugin() throws IOException {
        JavaClasses host = classesOf(List.of(ROOT.resolve("host"), ROOT.resolve("kernel-api")));
        noClasses().should().dependOnClassesThat().resideInAPackage("dev.stasis.plugins..").check(host);
    }

    @Test
    void everyPluginIsABundleThatNamesWhatItAddsAndTheVersionsItNeeds() throws IOException {
        for (Path plugin : plugins()) {
            Path classes = plugin.resolve("target/classes/META-INF");
            assertThat(classes.resolve("services/dev.stasis.spi.StasisPlugin")).isNotEmptyFile();
            String manifest = Files.readString(classes.resolve("MANIFEST.MF")).replace("\r\n ", "").replace("\n ", "");
            assertThat(manifest).contains("Bundle-SymbolicName: dev.stasis.").contains("dev.stasis.spi;version=\"[1.");
        }
    }

    @Test
    void noSourceFileIsTooLongToBeReadAtOneSitting() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path module : modules()) {
            try (Stream<Path> files = Files.exists(module.resolve("src")) ? Files.walk(module.resolve("src")) : Stream.empty()) {
                for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    long lines = Files.readAllLines(file).size();
                    if (lines > MAX_LINES && !TABLES.contains(file.getFileName().toString())) {
                        tooLong.add(ROOT.relativize(file) + ": " + lines + " lines");
                    }
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
