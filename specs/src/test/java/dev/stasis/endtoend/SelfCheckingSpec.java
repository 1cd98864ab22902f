package dev.stasis.endtoend;

import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs under test are sound by themselves: a verdict against a dump or a restore is about that. */
@ExtendWith(SandboxExtension.class)
class SelfCheckingSpec {

    @Test
    void theCProgramIsSound(Sandbox sandbox) {
        SelfChecking program = SelfChecking.inC(sandbox);
        program.awaitLines(1200);
        program.assertSound();
    }

    @Test
    void thePythonProgramIsSound(Sandbox sandbox) {
        SelfChecking.inPython(sandbox).assertSound();
    }

    @ParameterizedTest
    @MethodSource("javaHomes")
    void theJavaProgramIsSound(Path javaHome, Sandbox sandbox) {
        SelfChecking.inJava(sandbox, javaHome).assertSound();
    }

    static Stream<Path> javaHomes() {
        return Programs.javaHomes().stream();
    }
}
