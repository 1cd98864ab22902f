package dev.stasis.inotify;

import dev.stasis.host.Stasis;
import dev.stasis.host.phase.DumpRequest;
import dev.stasis.host.phase.DumpRequest.Afterwards;
import dev.stasis.host.phase.Progress;
import dev.stasis.host.phase.RestoreRequest;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.notify.EventMask;
import dev.stasis.linux.notify.InotifyEvent;
import dev.stasis.testkit.Await;
import dev.stasis.testkit.Program;
import dev.stasis.testkit.Puppet;
import dev.stasis.testkit.Sandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A puppet with an inotify instance, and the instance's twin in this process, which is never dumped. */
final class Watcher {
    private final Stasis stasis;
    private final Sandbox sandbox;
    private final Twin twin;
    private Puppet puppet;
    private RemoteFd instance;
    private Reading reading = Reading.LOOKING;
    private List<InotifyEvent> lastTwin;

    /** How dumps read what waits. */
    enum Reading {
        /** As they do by themselves. */
        LOOKING("auto"),
        /** As they do where the kernel does not let them look into queues. */
        EMPTYING("never");

        private final String option;

        Reading(String option) {
            this.option = option;
        }
    }

    Watcher(Stasis stasis, Sandbox sandbox) {
        this.stasis = stasis;
        this.sandbox = sandbox;
        this.twin = sandbox.own(new Twin());
        this.puppet = sandbox.puppet();
        this.instance = new RemoteFd(puppet.pid(),
                (int) puppet.call(SyscallNumber.INOTIFY_INIT1, OpenFlags.NONBLOCK.bits()));
    }

    /** Ends both before the test is over; how many instances a user has is limited. */
    void close() {
        puppet.close();
        twin.close();
    }

    /** Whatever the twin sees, it keeps: what dumps and restores do must not show on it either. */
    Watcher withUndisturbedTwin() {
        twin.keepAll();
        return this;
    }

    /** Dumps read like that. */
    Watcher thatIsRead(Reading how) {
        reading = how;
        return this;
    }

    Puppet puppet() {
        return puppet;
    }

    RemoteFd instance() {
        return instance;
    }

    /** Both watch {@code path}; the number must be the same. */
    int watch(Path path, EventMask mask) {
        byte[] bytes = UnixPath.of(path.toString()).bytes();
        RemoteAddress text = puppet.calls().lend(java.util.Arrays.copyOf(bytes, bytes.length + 1));
        int watch = (int) puppet.call(SyscallNumber.INOTIFY_ADD_WATCH, instance.number(), text.value(), mask.bits());
        int own = twin.watch(path, mask);
        if (own != watch) {
            throw new AssertionError("the twin counts otherwise: " + own + " for " + watch);
        }
        return watch;
    }

    /** The puppet's instance {@code other}, which has no twin, watches {@code path}. */
    void addTo(int other, Path path, EventMask mask) {
        byte[] bytes = UnixPath.of(path.toString()).bytes();
        RemoteAddress text = puppet.calls().lend(java.util.Arrays.copyOf(bytes, bytes.length + 1));
        puppet.call(SyscallNumber.INOTIFY_ADD_WATCH, other, text.value(), mask.bits());
    }

    /** Both stop watching. */
    void unwatch(int watch) {
        puppet.call(SyscallNumber.INOTIFY_RM_WATCH, instance.number(), watch);
        twin.unwatch(watch);
    }

    /** How many bytes wait, as FIONREAD tells the puppet. */
    int pending() {
        return pending(instance.number());
    }

    /** Like {@link #pending()}, in the puppet's instance {@code other}. */
    int pending(int other) {
        RemoteAddress result = puppet.calls().lend(4);
        puppet.call(SyscallNumber.IOCTL, other, 0x541b, result.value());
        byte[] bytes = puppet.calls().read(result, 4);
        return java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
    }

    /** All that the puppet reads. */
    List<InotifyEvent> read() {
        List<InotifyEvent> events = new ArrayList<>();
        while (pending() > 0) {
            events.addAll(InotifyEvent.parse(puppet.read(instance, 1 << 17)));
        }
        return events;
    }

    /** All that the twin reads. */
    List<InotifyEvent> readTwin() {
        return twin.read();
    }

    /** Dumped, killed, restored; what the twin saw of that is thrown away. Returns what the twin read before. */
    List<InotifyEvent> throughDeath(String... options) {
        Path image = dump(Afterwards.KILL);
        List<InotifyEvent> before = lastTwin;
        restore(image, options);
        return before;
    }

    /** Dumped, killed; {@link #restore} brings it back. */
    Path dump(Afterwards afterwards, String... options) {
        lastTwin = twin.forget();
        puppet.letGo();
        Path image = sandbox.path("image" + System.nanoTime());
        DumpRequest request = DumpRequest.of(puppet.pid(), image).then(afterwards);
        Map<String, String> all = asMap(options);
        all.put("look-into-queues", reading.option);
        request = request.withPluginOptions(all);
        stasis.dump(request, Progress.NONE);
        if (afterwards == Afterwards.KILL) {
            puppet.program().awaitEnd();
        } else {
            twin.forget();
            puppet = Puppet.attach(puppet.pid());
            sandbox.own(puppet);
        }
        return image;
    }

    private static Map<String, String> asMap(String... options) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        return map;
    }

    /** What the twin had read when the dump began. */
    List<InotifyEvent> twinBefore() {
        return lastTwin;
    }

    void restore(Path image, String... options) {
        RestoreRequest request = RestoreRequest.of(image);
        request = request.withPluginOptions(asMap(options));
        Program back = sandbox.own(Program.attach(stasis.restore(request, Progress.NONE).root()));
        Await.until("the puppet waits", () -> back.systemCall().equals(Optional.of(SyscallNumber.PAUSE)));
        twin.forget();
        puppet = sandbox.own(Puppet.attach(back.pid()));
    }

    /** Without what differs by nature: cookies are numbered in the order in which they come. */
    static List<String> comparable(List<InotifyEvent> events) {
        List<Integer> cookies = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (InotifyEvent event : events) {
            if (event.cookie() != 0 && !cookies.contains(event.cookie())) {
                cookies.add(event.cookie());
            }
            lines.add(event.watch() + " " + event.mask() + " " + (cookies.indexOf(event.cookie()) + 1) + " " + event.name());
        }
        return lines;
    }
}
