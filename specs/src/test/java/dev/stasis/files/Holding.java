package dev.stasis.files;

import dev.stasis.host.model.Chain;
import dev.stasis.host.model.ChainTask;
import dev.stasis.linux.Pid;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** A python program that sets something up, says so by making the file "ready", and sleeps. Its first free descriptor is 3. */
final class Holding {
    private Holding() {}

    /** Runs {@code setUp} in the sandbox's directory and returns when it is done. */
    static Program start(Sandbox sandbox, String setUp) throws IOException, InterruptedException {
        String program = "import os, time\n" + setUp + "\nos.rename('.ready', 'ready')\ntime.sleep(600)\n";
        Files.createFile(sandbox.path(".ready"));
        Files.deleteIfExists(sandbox.path("ready"));
        Program running = sandbox.start("/usr/bin/python3", "-c", program);
        while (!Files.exists(sandbox.path("ready"))) {
            if (!running.isAlive()) {
                throw new IOException("the program ended early: " + Files.readString(sandbox.path("output")));
            }
            Thread.sleep(2);
        }
        return running;
    }

    /** The chain of {@code program}. */
    static Chain chain(Program program) {
        Pid pid = program.pid();
        return Chain.read(List.of(new ChainTask(pid, MemoryAreas.parse(ProcFile.read(pid, "smaps")))));
    }

    /** The file behind descriptor {@code number}. */
    static OpenFile file(Chain chain, Program program, int number) {
        return chain.files().get(chain.idOf(new Holder.Descriptor(program.pid(), number, false)).number() - 1);
    }
}
