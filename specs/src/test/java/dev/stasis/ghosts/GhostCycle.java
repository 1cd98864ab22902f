package dev.stasis.ghosts;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A Python program that holds files, its death, and its return. */
record GhostCycle(Stasis stasis, Sandbox sandbox) {
    private static final String PYTHON =
            Command.run("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").strip();

    /** Starts a program that does {@code setUp} in {@code folder} and, at each SIGUSR1, {@code then}. */
    Program start(Path folder, String setUp, String then) throws IOException {
        Path script = sandbox.path("program.py");
        Files.writeString(script, "import os, sys, signal, time, mmap\nos.chdir(" + quoted(folder) + ")\n" + setUp
                + "\ndef then(*_):\n" + ("\n" + then).replace("\n", "\n    ") + "\n    open(" + quoted(sandbox.path("done"))
                + ", 'w').close()\nsignal.signal(signal.SIGUSR1, then)\nopen(" + quoted(sandbox.path("ready"))
                + ", 'w').close()\nwhile True: signal.pause()\n");
        Program program = sandbox.start(PYTHON, "-S", "-E", script.toString());
        awaitFile("ready");
        Await.until("the program waits", () -> program.systemCall().equals(Optional.of(34)));
        return program;
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }

    private void awaitFile(String name) {
        Await.until("the program made " + name, () -> Files.exists(sandbox.path(name)));
    }

    /** Dumps {@code program} with {@code options}, which kills it; returns the image. */
    Path kill(Program program, Map<String, String> options) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(program.pid(), image).withPluginOptions(options), Progress.NONE);
        program.awaitEnd();
        return image;
    }

    /** Brings {@code image} back. */
    Program restore(Path image) {
        return sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()));
    }

    /** The whole way. */
    Program throughDeath(Program program) {
        return restore(kill(program, Map.of()));
    }

    /** Has {@code program} do the second thing that it was told. */
    void then(Program program) {
        program.signal(10);
        awaitFile("done");
    }
}
