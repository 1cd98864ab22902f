package dev.stasis.pipes;

import dev.stasis.linux.Fd;
import dev.stasis.linux.NativeMemory;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.fs.PipeCalls;
import dev.stasis.testkit.Puppet;

/** What is in a puppet's pipe, read by read, without taking it out. */
final class PipeText {
    private PipeText() {}

    static String of(Puppet puppet, int fd) {
        StringBuilder text = new StringBuilder();
        UnixPath link = UnixPath.of("/proc/" + puppet.pid() + "/fd/" + fd);
        try (Fd pipe = FileCalls.open(link, OpenFlags.RDONLY.with(OpenFlags.NONBLOCK), 0);
                PipeCalls.Ends copy = PipeCalls.create(OpenFlags.NONBLOCK)) {
            PipeCalls.capacity(copy.write(), 1 << 18);
            NativeMemory memory = NativeMemory.allocate(1 << 18);
            int left = PipeCalls.available(pipe);
            if (left > 0) {
                PipeCalls.tee(pipe, copy.write(), left);
            }
            while (left > 0) {
                int length = PipeCalls.read(copy.read(), memory, left);
                text.append('[').append(new String(memory.get(0, length))).append(']');
                left -= length;
            }
        }
        return text.toString();
    }
}
