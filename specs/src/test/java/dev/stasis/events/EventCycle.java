package dev.stasis.events;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.proc.DescriptorSearch;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Dump, death and return of programs that wait for events. */
final class EventCycle {
    private final Stasis stasis;
    private final Sandbox sandbox;

    EventCycle(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
    }

    /** Lets {@code puppet} go, dumps and kills it, brings it back and takes hold of it again. */
    Puppet throughDeath(Puppet puppet) {
        puppet.letGo();
        return attach(restore(dumpAndKill(puppet.program())));
    }

    /** Dumps {@code puppet}, lets it run on, and takes hold of it again. */
    Puppet leaveRunning(Puppet puppet) {
        puppet.letGo();
        dumpAndLeave(puppet.program());
        return sandbox.own(Puppet.attach(puppet.pid()));
    }

    Puppet attach(Program back) {
        Await.until("the puppet waits", () -> back.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
        return sandbox.own(Puppet.attach(back.pid()));
    }

    Path dumpAndKill(Program program) {
        Path image = sandbox.path("image");
        stasis.dump(DumpRequest.of(program.pid(), image), Progress.NONE);
        program.awaitEnd();
        return image;
    }

    void dumpAndLeave(Program program) {
        stasis.dump(DumpRequest.of(program.pid(), sandbox.path("image")).then(DumpRequest.Afterwards.LEAVE_RUNNING), Progress.NONE);
    }

    Program restore(Path image) {
        return sandbox.own(Program.attach(stasis.restore(RestoreRequest.of(image), Progress.NONE).root()));
    }

    Program throughDeath(Program program) {
        return restore(dumpAndKill(program));
    }

    /**
     * Starts {@code script} in python3, which is to call {@code say(anything)} for what it has to tell, and waits until it says ready
     * and as many of its threads as {@code waiting} has numbers wait in those system calls.
     */
    Program python(String script, Integer... waiting) {
        Program program = sandbox.start(Program.find("python3").toString(), "-u", "-c", """
                import ctypes, os, select, signal, struct, sys, threading, time
                libc = ctypes.CDLL(None, use_errno=True)
                os.closerange(3, 30)
                lock = threading.Lock()
                def say(*words):
                    with lock, open('said', 'a') as said: said.write(' '.join(map(str, words)) + '\\n')
                def await_file(name):
                    while not os.path.exists(name): time.sleep(.01)
                def start(function):
                    threading.Thread(target=function, daemon=True).start()
                """ + script);
        awaitWord("ready");
        List<Integer> calls = List.of(waiting);
        Await.until(() -> program + " waits in " + calls + ", but in " + calls(program.pid()),
                () -> calls(program.pid()).containsAll(calls));
        return program;
    }

    /** The system calls that the threads of {@code process} are in. */
    private static List<Integer> calls(Pid process) {
        return ProcFile.threads(process).stream()
                .map(thread -> ProcFile.tryRead(process, "task/" + thread + "/syscall"))
                .flatMap(Optional::stream)
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).split(" ")[0].strip())
                .filter(word -> word.matches("[0-9]+"))
                .map(Integer::valueOf).toList();
    }

    /** Waits until the program has said {@code line}. */
    void awaitWord(String line) {
        Await.until(() -> "it says " + line + ", but it said " + said(), () -> said().contains(line));
    }

    List<String> said() {
        Path said = sandbox.path("said");
        try {
            return Files.exists(said) ? Files.readAllLines(said) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes file {@code name}, for which the program waits. */
    void give(String name) {
        try {
            Files.createFile(sandbox.path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What /proc shows for the descriptors of {@code process}. */
    static List<String> links(Pid process) {
        return DescriptorSearch.all(process).stream().map(found -> found.link().toString()).toList();
    }

    /** The lines of the fdinfo file of descriptor {@code fd} of {@code process}. */
    static String info(Pid process, long fd) {
        return new String(ProcFile.read(process, "fdinfo/" + fd), StandardCharsets.US_ASCII);
    }
}
