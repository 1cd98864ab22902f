package org.example.template;

import dev.stasis.linux.Fd;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.SystemCalls;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.FdKindContract;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

class TemplateContractTest extends FdKindContract {
    private static final int SEMAPHORE = 1;
    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x80000;

    @Override
    protected StasisPlugin plugin() {
        return new TemplatePlugin();
    }

    @Override
    protected String kind() {
        return "template-eventfd";
    }

    @Override
    protected List<Fd> open() {
        return List.of(eventfd(0, 0), eventfd(7, NONBLOCK), eventfd(3, SEMAPHORE));
    }

    private static Fd eventfd(int count, int flags) {
        return Fd.own((int) SystemCalls.call("eventfd2", "", SyscallNumber.EVENTFD2, count, flags | CLOEXEC));
    }

    @Override
    protected String state(Fd file) {
        String info = new String(ProcFile.read(ProcessCalls.self(), "fdinfo/" + file.number()), StandardCharsets.US_ASCII);
        return info.lines().filter(line -> line.startsWith("eventfd-count") || line.startsWith("eventfd-semaphore"))
                .collect(Collectors.joining(", "));
    }

    /** Our message is no protobuf: what a later version adds comes behind what there is. */
    @Override
    protected byte[] withUnknownField(byte[] payload) {
        return Arrays.copyOf(payload, payload.length + 4);
    }

    /** An eventfd is one open file: two of them have nothing in common. */
    @Override
    protected boolean areOfOneObject(Fd one, Fd other) {
        return one == other;
    }
}
