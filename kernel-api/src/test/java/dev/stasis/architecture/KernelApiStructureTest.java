package dev.stasis.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.stasis.linux.NativeMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What plugins compile against keeps its shape: nothing shows through, nothing goes round in circles. */
class KernelApiStructureTest {
    private static final String INTERNAL = "dev.stasis.linux.internal";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.stasis");

    @Test
    void nativeCallsAreMadeInOnePackageOnly() {
        noClasses().that().resideOutsideOfPackage(INTERNAL).and(not(JavaClass.Predicates.type(NativeMemory.class)))
                .should().dependOnClassesThat().resideInAnyPackage("com.kenai.jffi..", "jnr..").check(CLASSES);
    }

    @Test
    void nothingIsNeededButTheJdkAndTheNativeCalls() {
        classes().should().onlyDependOnClassesThat(resideInAnyPackage("java..", "dev.stasis.linux..", "dev.stasis.spi..",
                "com.kenai.jffi..", "org.osgi.annotation..")).check(CLASSES);
    }

    @Test
    void thePluginsViewShowsNoInternals() {
        noClasses().that().resideInAPackage("dev.stasis.spi..").should().dependOnClassesThat().resideInAPackage(INTERNAL)
                .check(CLASSES);
        for (JavaClass type : CLASSES.that(not(resideInAPackage(INTERNAL)))) {
            type.getMethods().stream().filter(method -> method.getModifiers().contains(
                    com.tngtech.archunit.core.domain.JavaModifier.PUBLIC)).forEach(method -> assertThat(method
                    .getAllInvolvedRawTypes()).as(method.getFullName())
                    .noneMatch(resideInAnyPackage(INTERNAL, "com.kenai.jffi..")));
        }
    }

    @Test
    void theKernelKnowsNothingOfPlugins() {
        noClasses().that().resideInAPackage("dev.stasis.linux..").should().dependOnClassesThat()
                .resideInAPackage("dev.stasis.spi..").check(CLASSES);
    }

    /** The internal package is the lower half of {@code dev.stasis.linux}, hidden from plugins; the two count as one. */
    @Test
    void noPackagesDependOnEachOtherInACircle() {
        slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName().equals(INTERNAL) ? "dev.stasis.linux" : type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        }).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyExportedPackageHasAVersion() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> packages = files.filter(file -> file.toString().endsWith(".java")).map(Path::getParent).distinct()
                    .filter(folder -> !folder.endsWith("internal")).toList();
            assertThat(packages).isNotEmpty().allSatisfy(folder -> assertThat(folder.resolve("package-info.java")).content()
                    .contains("@Export").containsPattern("@Version\\(\"\\d+\\.\\d+\\.\\d+\"\\)"));
        }
    }
}
