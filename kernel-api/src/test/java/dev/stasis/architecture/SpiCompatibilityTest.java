package dev.stasis.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What plugins were built against is still there: see docs/spi-stability.md. */
class SpiCompatibilityTest {
    private static final Path BASELINE = Path.of("baseline");
    private static final String REASON = " -- ";

    @Test
    void nothingIsGoneThatTheBaselineHasButWhatWasAccepted() throws IOException {
        Set<String> gone = signatures(new ClassFileImporter().importPath(baselineJar()).stream());
        gone.removeAll(signatures(new ClassFileImporter().importPath(Path.of("target/classes")).stream()));
        Set<String> accepted = new TreeSet<>();
        for (String line : breaks()) {
            accepted.add(line.substring(0, line.indexOf(REASON)));
        }
        assertThat(gone).as("gone since the baseline; accept with a reason in baseline/accepted-breaks.txt, or bring it back")
                .isEqualTo(accepted);
    }

    @Test
    void eachAcceptedBreakHasAReason() throws IOException {
        assertThat(breaks()).allSatisfy(line -> {
            assertThat(line).contains(REASON);
            assertThat(line.substring(line.indexOf(REASON) + REASON.length())).hasSizeGreaterThan(20);
        });
    }

    @Test
    void eachExportedPackageHasAVersionOfItsOwn() throws IOException {
        List<String> exported = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(file -> file.endsWith("package-info.java")).toList()) {
                String text = Files.readString(file);
                if (text.contains("@Export\n")) {
                    exported.add(file.toString());
                    assertThat(text).as(file.toString()).containsPattern("@Version\\(\"[1-9][0-9]*\\.[0-9]+\\.[0-9]+\"\\)");
                }
            }
        }
        assertThat(exported).hasSizeGreaterThan(5);
    }

    private static List<String> breaks() throws IOException {
        return Files.readAllLines(BASELINE.resolve("accepted-breaks.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }

    private static Path baselineJar() throws IOException {
        try (Stream<Path> files = Files.walk(BASELINE)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
            assertThat(jars).as("baseline jars (kernel-api/record-baseline makes one)").hasSize(1);
            return jars.get(0);
        }
    }

    /** All that another module can name. */
    private static Set<String> signatures(Stream<JavaClass> classes) {
        Set<String> signatures = new TreeSet<>();
        classes.filter(SpiCompatibilityTest::isOpen).forEach(type -> {
            signatures.add("type " + type.getName());
            type.getCodeUnits().stream().filter(member -> isOpen(member.getModifiers())).forEach(member ->
                    signatures.add(signature(member)));
            type.getFields().stream().filter(member -> isOpen(member.getModifiers())).forEach(member ->
                    signatures.add(signature(member)));
        });
        return signatures;
    }

    private static String signature(JavaCodeUnit member) {
        return member.getFullName() + " : " + member.getRawReturnType().getName();
    }

    private static String signature(JavaField member) {
        return member.getFullName() + " : " + member.getRawType().getName();
    }

    private static boolean isOpen(JavaClass type) {
        boolean open = isOpen(type.getModifiers()) && !type.getPackageName().endsWith(".internal");
        return open && type.getEnclosingClass().map(SpiCompatibilityTest::isOpen).orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }
}
