package dev.stasis.detached;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Command;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Sandbox;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Python program that holds files of a mount, the end of that mount, the program's death, and its return. The program tells
 * itself what it holds, before and after.
 */
record Detaching(Stasis stasis, Sandbox sandbox) {
    private static final String PYTHON =
            Command.run("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))").strip();
    private static final int SIGUSR1 = 10;
    private static final int PAUSE = 34;

    /** What the program can tell of all it holds: links, inodes, positions, flags, which are on one mount, and what ".." is. */
    private static final String STATE = """
            def mount(fd): return [line for line in open('/proc/self/fdinfo/%d' % fd) if line.startswith('mnt_id')][0][8:-1]
            ordinary = set()
            for place in ('/', sandbox): there = os.open(place, os.O_PATH); ordinary.add(mount(there)); os.close(there)
            held = [fd for fd in range(3, 4096) if os.path.lexists('/proc/self/fd/%d' % fd)]
            def file(fd, mounts):
                info = dict(line.split(':', 1) for line in open('/proc/self/fdinfo/%d' % fd).read().splitlines() if ':' in line)
                st = os.fstat(fd); flags = int(info['flags'].strip(), 8)
                lines = [os.readlink('/proc/self/fd/%d' % fd), '%x:%d %o' % (st.st_dev, st.st_ino, st.st_mode), info['pos'].strip(),
                         '%o' % flags, 'mount %d' % mounts.setdefault(info['mnt_id'], len(mounts)),
                         'flags %x' % os.statvfs(fd).f_flag]
                if info['mnt_id'].strip() in ordinary: return ' | '.join(lines)
                lines.append('size %d links %d' % (st.st_size, st.st_nlink))
                if stat.S_ISDIR(st.st_mode):
                    there = os.open('.', os.O_RDONLY, dir_fd=fd); up = os.stat('..', dir_fd=fd); upup = os.stat('../..', dir_fd=fd)
                    lines += [str(sorted(os.listdir(there))), '.. %d' % up.st_ino, '../.. %d' % upup.st_ino]; os.close(there)
                elif stat.S_ISREG(st.st_mode) and not flags & os.O_PATH and flags & 3 != 1:
                    lines.append(str(os.pread(fd, 1000, 0)))
                return ' | '.join(lines)
            def state():
                mounts = {}; lines = ['%d: %s' % (fd, file(fd, mounts)) for fd in held]
                for place in ('cwd', 'root', 'exe'):
                    there = os.open('/proc/self/' + place, os.O_PATH); lines.append('%s: %s' % (place, file(there, mounts))); os.close(there)
                lines += sorted(set(line.strip()[line.index('/'):] for line in open('/proc/self/maps') if '/' in line))
                return '\\n'.join(lines)
            """;

    /** Starts a program that does {@code setUp} in the sandbox's directory and, at each SIGUSR1, {@code then}. */
    Program start(String setUp, String then) throws IOException {
        return start(PYTHON, setUp, then);
    }

    /** The same with another interpreter. */
    Program start(String python, String setUp, String then) throws IOException {
        Path script = sandbox.path("program.py");
        Files.writeString(script, "import os, sys, signal, time, mmap, stat\nsandbox = " + quoted(sandbox.directory())
                + "\nos.chdir(sandbox)\n" + setUp + "\n" + STATE + "\ndef then(*_):\n    result = None\n"
                + ("\n" + then).replace("\n", "\n    ")
                + "\n    open(sandbox + '/report.new', 'w').write(str(result) + '\\n' + state())"
                + "\n    os.rename(sandbox + '/report.new', sandbox + '/report')\nsignal.signal(signal.SIGUSR1, then)\nopen("
                + quoted(sandbox.path("ready")) + ", 'w').close()\nwhile True: signal.pause()\n");
        Program program = sandbox.start(python, "-S", "-E", script.toString());
        awaitFile(program, "ready");
        awaitRest(program);
        return program;
    }

    private static void awaitRest(Program program) {
        Await.until("the program waits", () -> program.systemCall().equals(Optional.of(PAUSE)));
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }

    private void awaitFile(Program program, String name) {
        Await.until("the program made " + name + "; it printed: " + printed(),
                () -> Files.exists(sandbox.path(name)) || !program.isAlive());
        if (!program.isAlive()) {
            throw new AssertionError("the program ended: " + printed());
        }
    }

    private String printed() {
        try {
            return Files.readString(sandbox.path("output"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Has {@code program} do what it was told to do then; returns what it tells of itself afterwards. */
    String report(Program program) throws IOException {
        Files.deleteIfExists(sandbox.path("report"));
        awaitRest(program); // a signal just before pause(2) begins, or begins anew after a stop, would not end it
        program.signal(SIGUSR1);
        awaitFile(program, "report");
        awaitRest(program);
        return Files.readString(sandbox.path("report"));
    }

    /** Dumps {@code program} with {@code options}, which kills it, and looks all the while that no mount comes into sight. */
    Path kill(Program program, Map<String, String> options) {
        Path image = sandbox.path("image");
        try (SightOfMounts mounts = SightOfMounts.below(sandbox.directory())) {
            stasis.dump(DumpRequest.of(program.pid(), image).withPluginOptions(options), Progress.NONE);
            program.awaitEnd();
            return image;
        }
    }

    /** Brings {@code image} back, and looks all the while that no mount comes into sight. */
    Program restore(Path image, Map<String, String> options) {
        try (SightOfMounts mounts = SightOfMounts.below(sandbox.directory())) {
            return sandbox.own(Program.attach(
                    stasis.restore(RestoreRequest.of(image).withPluginOptions(options), Progress.NONE).root()));
        }
    }

    /** The whole way. */
    Program throughDeath(Program program) {
        return restore(kill(program, Map.of()), Map.of());
    }

    /** The directory {@code source} at the new mount point {@code point}, both in the sandbox. */
    void bind(String source, String point) throws IOException {
        Files.createDirectories(sandbox.path(point));
        mount("--bind", sandbox.path(source).toString(), point);
    }

    /** Mounts with {@code arguments} at {@code point} of the sandbox; unmounted with it if it is still there then. */
    void mount(String... arguments) {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        Path point = sandbox.path(arguments[arguments.length - 1]);
        command.add(point.toString());
        Command.run(command.toArray(new String[0]));
        sandbox.own(() -> {
            Process umount = new ProcessBuilder("umount", "-l", point.toString()).redirectErrorStream(true).start();
            umount.getInputStream().readAllBytes();
            umount.waitFor();
        });
    }

    /** A new file system of {@code type} on a loop device, mounted at the new directory {@code point}; returns the device. */
    String disk(String type, String point) throws IOException {
        Path image = sandbox.path(point + ".disk");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(320L << 20);
        }
        Command.run("mkfs." + type, type.equals("ext4") ? "-F" : "-f", image.toString());
        String device = Command.run("losetup", "--find", "--show", image.toString()).strip();
        sandbox.own(() -> Command.run("losetup", "--detach", device));
        Files.createDirectory(sandbox.path(point));
        mount(device, point);
        return device;
    }

    /** Unmounts {@code point} lazily, with all below it. */
    void detach(String point) {
        Command.run("umount", "-l", sandbox.path(point).toString());
    }
}
