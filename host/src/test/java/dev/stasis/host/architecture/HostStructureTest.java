package dev.stasis.host.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Each part of the host keeps to itself what it is there to hide. */
class HostStructureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.stasis.host");

    @Test
    void nativeCallsAreKernelApisMatter() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("com.kenai.jffi..", "jnr..", "dev.stasis.linux.internal")
                .check(CLASSES);
    }

    @Test
    void onlyTheDoorOfBundlesKnowsOfBundles() {
        noClasses().that().resideOutsideOfPackage("dev.stasis.host.plugin").should().dependOnClassesThat()
                .resideInAnyPackage("org.osgi.framework..", "org.apache.felix..", "org.pf4j..").check(CLASSES);
    }

    @Test
    void theRegistryKnowsNoDoor() {
        noClasses().that(simpleNameStartingWith("PluginRegistry").or(simpleNameStartingWith("Admission"))
                        .or(simpleNameStartingWith("Contribution")).or(simpleNameStartingWith("LoadedPlugin")))
                .should().dependOnClassesThat().resideInAnyPackage("org.osgi.framework..", "org.apache.felix..", "org.pf4j..")
                .orShould().dependOnClassesThat(simpleNameStartingWith("Bundle")).check(CLASSES);
    }

    @Test
    void onlyTheCommandLineReadsCommandLines() {
        noClasses().that().resideOutsideOfPackage("dev.stasis.host.cli..").should().dependOnClassesThat()
                .resideInAPackage("picocli..").check(CLASSES);
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        slices().matching("dev.stasis.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
