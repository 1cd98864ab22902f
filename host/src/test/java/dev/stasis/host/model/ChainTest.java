package dev.stasis.host.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.host.state.DescriptorEntry;
import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteFd;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileCalls;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.proc.MemoryArea;
import dev.stasis.linux.proc.MemoryAreas;
import dev.stasis.linux.proc.ProcFile;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.Holder;
import dev.stasis.spi.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainTest {
    @TempDir
    Path directory;

    private Script script;

    @AfterEach
    void endScript() {
        if (script != null) {
            script.close();
        }
    }

    private Chain chainOf(String program) throws IOException {
        script = Script.start(directory, program);
        return Chain.read(script.tasks());
    }

    private DescriptorEntry entry(Chain chain, Pid task, int number) {
        return chain.table(task).stream().filter(e -> e.number() == number).findFirst().orElseThrow();
    }

    private OpenFile file(Chain chain, int number) {
        return file(chain, new Holder.Descriptor(script.pid(), number, false));
    }

    private OpenFile file(Chain chain, Holder holder) {
        return chain.files().get(chain.idOf(holder).number() - 1);
    }

    @Test
    void duplicatesShareAnOpenFileAndTwoOpensOfOneInodeDoNot() throws IOException {
        try (Chain chain = chainOf("""
                os.open('log', os.O_RDWR | os.O_CREAT); os.dup2(3, 7); os.open('log', os.O_RDWR); os.dup2(4, 8)""")) {
            assertThat(entry(chain, script.pid(), 3).file()).isEqualTo(entry(chain, script.pid(), 7).file());
            assertThat(entry(chain, script.pid(), 4).file()).isEqualTo(entry(chain, script.pid(), 8).file());
            assertThat(entry(chain, script.pid(), 3).file()).isNotEqualTo(entry(chain, script.pid(), 4).file());
            assertThat(file(chain, 3).holders()).containsExactly(
                    new Holder.Descriptor(script.pid(), 3, true), new Holder.Descriptor(script.pid(), 7, false));
        }
    }

    @Test
    void manyOpensOfOneInodeThatLookAlikeAreToldApart() throws IOException {
        try (Chain chain = chainOf("""
                for i in range(40): os.open('log', os.O_RDWR | os.O_CREAT)
                for i in range(40): os.dup2(3 + i, 100 + i)""")) {
            for (int i = 0; i < 40; i++) {
                assertThat(file(chain, 3 + i).holders()).hasSize(2);
                assertThat(entry(chain, script.pid(), 3 + i).file()).isEqualTo(entry(chain, script.pid(), 100 + i).file());
            }
        }
    }

    @Test
    void aLargeTableIsReadWholeAndInOrder() throws IOException {
        try (Chain chain = chainOf("""
                import resource
                resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
                for i in range(1500): os.lseek(os.open('log', os.O_RDWR | os.O_CREAT), i, os.SEEK_SET)
                for i in range(500): os.dup2(3 + i, 3000 + i, inheritable=i % 2 == 0)""")) {
            assertThat(chain.table(script.pid())).extracting(DescriptorEntry::number).isSorted().hasSizeGreaterThan(2000);
            for (int i = 0; i < 1500; i++) {
                assertThat(file(chain, i + 3 < 900 ? i + 3 : i + 5).position()).isPresent();
            }
            for (int i = 0; i < 500; i++) {
                assertThat(entry(chain, script.pid(), 3000 + i).file()).isEqualTo(entry(chain, script.pid(), 3 + i).file());
                assertThat(entry(chain, script.pid(), 3000 + i).closeOnExec()).isEqualTo(i % 2 != 0);
            }
        }
    }

    @Test
    void closeOnExecBelongsToTheDescriptorAndFlagsAndPositionToTheFile() throws IOException {
        try (Chain chain = chainOf("""
                os.open('log', os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK); os.write(3, b'12345'); os.dup2(3, 5)""")) {
            assertThat(entry(chain, script.pid(), 3).closeOnExec()).isTrue();
            assertThat(entry(chain, script.pid(), 5).closeOnExec()).isFalse();
            assertThat(file(chain, 5).flags().accessMode()).isEqualTo(AccessMode.WRITE);
            assertThat(file(chain, 5).flags().has(OpenFlags.APPEND.with(OpenFlags.NONBLOCK))).isTrue();
            assertThat(file(chain, 5).flags().has(OpenFlags.CLOEXEC)).isFalse();
            assertThat(file(chain, 5).flags()).isEqualTo(FileCalls.flags(chain.descriptor(file(chain, 5))));
            assertThat(file(chain, 5).position()).hasValue(5);
            assertThat(file(chain, 5).status().size()).isEqualTo(5);
        }
    }

    @Test
    void aForkedChildSharesWhatItInheritedAndNotWhatItReopened() throws IOException {
        try (Chain chain = chainOf("""
                os.open('a', os.O_RDWR | os.O_CREAT); os.open('b', os.O_RDWR | os.O_CREAT)
                child = os.fork()
                if child == 0:
                    os.close(4); os.open('b', os.O_RDWR); os.open('c', os.O_RDWR | os.O_CREAT)
                    ready(); time.sleep(600)
                ready_of_child()
                also(child)""")) {
            Pid child = script.tasks().get(1).pid();
            assertThat(entry(chain, child, 3).file()).isEqualTo(entry(chain, script.pid(), 3).file());
            assertThat(entry(chain, child, 4).file()).isNotEqualTo(entry(chain, script.pid(), 4).file());
            assertThat(file(chain, 3).holders()).hasSize(2);
            assertThat(file(chain, new Holder.CurrentDirectory(child)).holders())
                    .contains(new Holder.CurrentDirectory(script.pid()), new Holder.CurrentDirectory(child));
        }
    }

    @Test
    void whoeverGetsSigioIsPartOfTheFile() throws IOException {
        try (Chain chain = chainOf("""
                import fcntl
                os.open('log', os.O_RDWR | os.O_CREAT); fcntl.fcntl(3, fcntl.F_SETOWN, os.getpid()); fcntl.fcntl(3, 10, 40)
                os.open('log', os.O_RDWR); fcntl.fcntl(4, fcntl.F_SETOWN, -os.getpgrp())
                os.open('log', os.O_RDWR)""")) {
            assertThat(file(chain, 3).owner()).isEqualTo(new FileOwner(1, script.pid().number(), 40, 0, 0));
            assertThat(file(chain, 4).owner().type()).isEqualTo(2);
            assertThat(file(chain, 5).owner()).isEqualTo(FileOwner.NOBODY);
        }
    }

    @Test
    void pathDescriptorsHaveNoPositionAndNoOwner() throws IOException {
        try (Chain chain = chainOf("os.open('.', os.O_PATH | os.O_DIRECTORY)")) {
            assertThat(file(chain, 3).flags()).isEqualTo(OpenFlags.PATH.with(OpenFlags.DIRECTORY));
            assertThat(file(chain, 3).position()).isEmpty();
        }
    }

    @Test
    void pipesHaveNoPositionAndTheLinkOfTheKernel() throws IOException {
        try (Chain chain = chainOf("os.pipe()")) {
            assertThat(file(chain, 3).position()).isEmpty();
            assertThat(file(chain, 3).link().toString()).startsWith("pipe:[");
        }
    }

    @Test
    void currentDirectoryRootAndProgramArePartOfTheChain() throws IOException {
        try (Chain chain = chainOf("pass")) {
            assertThat(file(chain, new Holder.CurrentDirectory(script.pid())).link().toString())
                    .isEqualTo(directory.toRealPath().toString());
            assertThat(file(chain, new Holder.RootDirectory(script.pid())).link().toString()).isEqualTo("/");
            assertThat(file(chain, new Holder.Executable(script.pid())).link().toString()).contains("python");
        }
    }

    @Test
    void mappingsOfOneFileWithEqualAccessShareAnOpenFile() throws IOException {
        try (Chain chain = chainOf("""
                import mmap
                f = os.open('data', os.O_RDWR | os.O_CREAT); os.ftruncate(f, 8192)
                one = mmap.mmap(f, 4096); two = mmap.mmap(f, 4096, offset=4096)
                private = mmap.mmap(f, 8192, flags=mmap.MAP_PRIVATE); os.close(f)
                anonymous = mmap.mmap(-1, 4096)""")) {
            List<OpenFile> mapped = chain.files().stream().filter(f -> f.link().endsWith("/data") && !f.hasDescriptor()).toList();
            assertThat(mapped).hasSize(2);
            assertThat(mapped).extracting(f -> f.flags().accessMode())
                    .containsExactlyInAnyOrder(AccessMode.READ, AccessMode.READ_WRITE);
            assertThat(chain.files()).noneMatch(f -> f.link().startsWith("/dev/zero"));
            for (MemoryArea area : MemoryAreas.parse(ProcFile.read(script.pid(), "smaps"))) {
                if (area.path().endsWith("/data")) {
                    assertThat(chain.idOf(new Holder.Mapping(script.pid(), area.start(), area.end()))).isNotNull();
                }
            }
        }
    }

    @Test
    void aNameOfBytesIsKeptAsItIs() throws IOException {
        try (Chain chain = chainOf("os.open(b'new\\nline \\xff\\\\012', os.O_RDWR | os.O_CREAT)")) {
            assertThat(file(chain, 3).link().fileName().bytes())
                    .isEqualTo("new\nline \u00ff\\012".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aPathBeyondWhatTheKernelShowsIsFoundForFilesAndDirectories() throws Exception {
        try (Chain chain = chainOf("""
                top = os.getcwd()
                for i in range(20): os.mkdir('d' * 250); os.chdir('d' * 250)
                os.open('.', os.O_RDONLY); os.open('file', os.O_RDWR | os.O_CREAT); os.open('file', os.O_WRONLY)
                os.chdir(top)""")) {
            String long20 = (directory.toRealPath() + "/" + ("d".repeat(250) + "/").repeat(20));
            assertThat(file(chain, 3).link().toString()).isEqualTo(long20.substring(0, long20.length() - 1));
            assertThat(file(chain, 4).link().toString()).isEqualTo(long20 + "file");
            assertThat(file(chain, 5).link().toString()).isEqualTo(long20 + "file");
        } finally {
            removeDeepDirectories();
        }
    }

    /** Java cannot delete paths beyond PATH_MAX, the directory of the test among them. */
    private void removeDeepDirectories() throws IOException, InterruptedException {
        new ProcessBuilder("rm", "-rf", directory.resolve("d".repeat(250)).toString()).start().waitFor();
    }

    @Test
    void aLentDescriptorIsOfTheSameOpenFile() throws IOException {
        try (Chain chain = chainOf("os.open('log', os.O_RDWR | os.O_CREAT)")) {
            RemoteFd ours = new RemoteFd(ProcessCalls.self(), chain.descriptor(file(chain, 3)).number());
            assertThat(ProcessCalls.compareFiles(ours, new RemoteFd(script.pid(), 3))).isZero();
        }
    }

    @Test
    void aTaskThatIsGoneHasNoFilesAndAnUnknownHolderIsNamed() throws IOException {
        try (Chain chain = chainOf("pass")) {
            Holder unknown = new Holder.Descriptor(script.pid(), 4000, false);
            assertThatThrownBy(() -> chain.idOf(unknown)).hasMessageContaining("fd 4000 of task " + script.pid());
        }
        Pid gone = script.pid();
        script.close();
        try (Chain chain = Chain.read(List.of(new ChainTask(gone, List.of())))) {
            assertThat(chain.files()).isEmpty();
            assertThat(chain.table(gone)).isEmpty();
        }
    }
}
