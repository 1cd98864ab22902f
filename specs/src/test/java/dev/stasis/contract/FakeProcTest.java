package dev.stasis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.proc.DescriptorInfo;
import dev.stasis.testkit.contract.FakeProc;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeProcTest {

    @Test
    void whatIsPutInIsFoundWhereProcWouldHaveIt(@TempDir Path directory) {
        Pid pid = new Pid(42);
        FakeProc proc = FakeProc.in(directory.resolve("proc"))
                .descriptor(pid, 3, "anon_inode:[eventfd]", "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1\n");
        assertThat(FileCalls.readLink(proc.path(pid, "fd/3"))).isEqualTo(UnixPath.of("anon_inode:[eventfd]"));
        assertThat(DescriptorInfo.parse(proc.bytes(pid, "fdinfo/3")).flags()).isEqualTo(2);
    }
}
