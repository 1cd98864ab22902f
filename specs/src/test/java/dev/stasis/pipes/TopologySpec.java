package dev.stasis.pipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.host.Stasis;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import dev.stasis.testkit.SandboxExtension;
import dev.stasis.testkit.StasisExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random trees of puppets with random pipes, duplicates, reopened ends, closed ends and contents come back equal: who shares
 * what, with which flags, and what is in it. The seed of each round is in its message.
 */
@ExtendWith({StasisExtension.class, SandboxExtension.class})
class TopologySpec {
    private static final int ACTIONS = 25;

    private final List<Puppet> puppets = new ArrayList<>();
    private Random random;

    @RepeatedTest(6)
    void comesBackEqual(RepetitionInfo round, Stasis stasis, Sandbox sandbox) throws Exception {
        long seed = Long.getLong("stasis.seed", 4000) + round.getCurrentRepetition();
        random = new Random(seed);
        puppets.add(sandbox.puppet());
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        Map<String, String> before = describe();
        List<Pid> pids = puppets.stream().map(Puppet::pid).toList();
        for (Puppet puppet : puppets.subList(1, puppets.size())) {
            puppet.letGo();
        }
        Puppet root = PipeCycle.throughDeath(stasis, sandbox, puppets.get(0));
        puppets.clear();
        puppets.add(root);
        for (Pid pid : pids.subList(1, pids.size())) {
            puppets.add(sandbox.own(Puppet.attach(pid)));
        }
        assertThat(describe()).as("seed %d", seed).isEqualTo(before);
        // The root first, so that nobody but us takes the exit status of the others.
        puppets.forEach(Puppet::close);
    }

    private void act() throws Exception {
        Puppet puppet = puppets.get(random.nextInt(puppets.size()));
        int[] fds = pipes(puppet);
        int choice = random.nextInt(12);
        if (choice == 0 && puppets.size() < 4) {
            puppets.add(puppets.get(0).fork());
        } else if (choice <= 3 || fds.length == 0) {
            PuppetPipe.make(puppet, new OpenFlags(random.nextInt(3) == 0 ? OpenFlags.NONBLOCK.bits() : 0));
        } else {
            change(puppet, fds[random.nextInt(fds.length)], choice);
        }
    }

    private void change(Puppet puppet, int fd, int choice) {
        OpenFlags flags = PuppetPipe.flags(puppet, fd);
        switch (choice) {
            case 4, 5 -> puppet.duplicate(PuppetPipe.fd(puppet, fd));
            case 6 -> PuppetPipe.reopen(puppet, fd, new OpenFlags(random.nextInt(3)));
            case 7 -> PuppetPipe.close(puppet, fd);
            case 8 -> PuppetPipe.flags(puppet, fd, OpenFlags.NONBLOCK.with(OpenFlags.DIRECT));
            case 9 -> PuppetPipe.capacity(puppet, fd, 4096 << random.nextInt(6));
            default -> {
                PuppetPipe.flags(puppet, fd, flags.with(OpenFlags.NONBLOCK));
                byte[] text = ("text " + random.nextInt(1000)).getBytes();
                puppet.calls().tryCall(SyscallNumber.WRITE, fd, puppet.calls().lend(text).value(), text.length);
                PuppetPipe.flags(puppet, fd, flags);
            }
        }
    }

    private static int[] pipes(Puppet puppet) throws Exception {
        try (var entries = Files.list(Path.of("/proc/" + puppet.pid() + "/fd"))) {
            return entries.filter(fd -> link(fd).startsWith("pipe:")).mapToInt(fd -> Integer.parseInt(fd.getFileName().toString()))
                    .sorted().toArray();
        }
    }

    private static String link(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** All that must come back; pipes and open files are called by the order in which they first appear. */
    private Map<String, String> describe() throws Exception {
        Map<String, String> facts = new TreeMap<>();
        Map<String, String> names = new HashMap<>();
        List<RemoteFd> files = new ArrayList<>();
        for (Puppet puppet : puppets) {
            for (int fd : pipes(puppet)) {
                String pipe = link(Path.of("/proc/" + puppet.pid() + "/fd/" + fd));
                names.putIfAbsent(pipe, "pipe " + names.size());
                facts.put(puppet.pid() + "/" + fd, names.get(pipe) + " file " + file(new RemoteFd(puppet.pid(), fd), files)
                        + " flags " + PuppetPipe.flags(puppet, fd) + " room " + PuppetPipe.capacity(puppet, fd) + " holds "
                        + PuppetPipe.available(puppet, fd) + " " + PipeText.of(puppet, fd));
            }
        }
        return facts;
    }

    private static int file(RemoteFd fd, List<RemoteFd> known) {
        for (int i = 0; i < known.size(); i++) {
            if (ProcessCalls.isSameFile(known.get(i), fd)) {
                return i;
            }
        }
        known.add(fd);
        return known.size() - 1;
    }
}
