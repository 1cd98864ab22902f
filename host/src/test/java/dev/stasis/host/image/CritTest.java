package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.ptrace.Registers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRIU's own tool reads every file of an image that it knows, and shows the right values. */
class CritTest {
    @TempDir
    static Path image;

    @BeforeAll
    static void anImage() {
        SampleImage.write(image);
    }

    private static String decoded(String file) {
        return Crit.decode(image.resolve(file));
    }

    @Test
    void theInventorySaysVersionAndIds() {
        assertThat(decoded("inventory.img")).isEqualTo("{\"magic\":\"INVENTORY\",\"entries\":[{\"img_version\":2,"
                + "\"fdinfo_per_id\":true,\"root_ids\":{\"vm_id\":1,\"files_id\":1,\"fs_id\":1,\"sighand_id\":1},"
                + "\"ns_per_id\":true}]}");
    }

    @Test
    void theTreeSaysWhoIsWhoseChildAndHasWhichThreads() {
        assertThat(decoded("pstree.img")).startsWith("{\"magic\":\"PSTREE\"")
                .contains("{\"pid\":4242,\"ppid\":0,\"pgid\":4242,\"sid\":4242,\"threads\":[4242,4243]}")
                .contains("{\"pid\":4300,\"ppid\":4242,\"pgid\":4242,\"sid\":4242,\"threads\":[4300]}");
    }

    @Test
    void aCoreSaysEveryRegister() {
        Registers registers = SampleState.registers(1);
        String core = decoded("core-4242.img");
        String[] names = {"r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di",
            "orig_ax", "ip", "cs", "flags", "sp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs"};
        assertThat(core).startsWith("{\"magic\":\"CORE\"").contains("\"mtype\":\"X86_64\"", "\"mode\":\"NATIVE\"");
        for (int i = 0; i < names.length; i++) {
            assertThat(core).contains("\"" + names[i] + "\":" + Long.toUnsignedString(registers.values()[i]) + ",");
        }
    }

    @Test
    void aCoreSaysTheFpuState() {
        assertThat(decoded("core-4242.img")).contains("\"cwd\":895,", "\"mxcsr\":8064,", "\"xmm_space\":[1,0,", "\"xstate_bv\":7,",
                "\"ymmh_space\":[2,0,");
    }

    @Test
    void aCoreSaysNameStateAndSettingsOfTheProcess() {
        assertThat(decoded("core-4242.img")).contains("\"tc\":{\"task_state\":1,\"exit_code\":0,\"personality\":262144,",
                "\"comm\":\"count\\u00e9r\"", "\"oom_score_adj\":-17", "\"child_subreaper\":true");
        assertThat(decoded("core-4300.img")).contains("\"task_state\":3", "\"comm\":\"child\"");
        assertThat(decoded("core-4301.img")).contains("\"task_state\":6,\"exit_code\":1792");
    }

    @Test
    void aCoreSaysSignalActionsInTheOrderOfSignals() {
        String none = "{\"sigaction\":0,\"flags\":0,\"restorer\":0,\"mask\":0}";
        String handler = "{\"sigaction\":4198710,\"flags\":335544320,\"restorer\":139637976731648,\"mask\":2048}";
        assertThat(decoded("core-4242.img"))
                .contains("\"sigactions\":[" + (none + ",").repeat(8) + handler + "," + (none + ",").repeat(6)
                        + "{\"sigaction\":1,\"flags\":2,\"restorer\":0,\"mask\":0}," + none);
    }

    @Test
    void aCoreSaysTimersAndLimits() {
        assertThat(decoded("core-4242.img"))
                .contains("\"real\":{\"isec\":1,\"iusec\":500000,\"vsec\":0,\"vusec\":250001}")
                .contains("{\"it_id\":3,\"clock_id\":1,\"si_signo\":12,\"it_sigev_notify\":4,\"sival_ptr\":11259375,\"overrun\":2,"
                        + "\"isec\":1,\"insec\":1,\"vsec\":0,\"vnsec\":5,\"notify_thread_id\":4242}")
                .contains("\"rlimits\":[{\"cur\":1000,\"max\":18446744073709551615},{\"cur\":1001,\"max\":2001},");
    }

    @Test
    void aCoreSaysWhatAThreadHas() {
        assertThat(decoded("core-4243.img"))
                .contains("\"clear_tid_addr\":139775415681040", "\"futex_rla\":139775415681048,\"futex_rla_len\":24",
                        "\"sched_nice\":5,\"sched_policy\":0,\"sched_prio\":0,\"blk_sigset\":9223372036854841344",
                        "\"sas\":{\"ss_sp\":139711120310272,\"ss_size\":8192,\"ss_flags\":0}".replace("139711120310272",
                                Long.toString(0x7f1000000000L)),
                        "\"pdeath_sig\":15", "\"comm\":\"worker\"",
                        "\"rseq_entry\":{\"rseq_abi_pointer\":139775415681056,\"rseq_abi_size\":32,\"signature\":1392848979}")
                .doesNotContain("\"tc\":");
    }

    @Test
    void aCoreSaysCredentialsAndCapabilities() {
        assertThat(decoded("core-4242.img")).contains("\"creds\":{\"uid\":1000,\"gid\":1001,\"euid\":1002,\"egid\":1003,"
                + "\"suid\":1004,\"sgid\":1005,\"fsuid\":1006,\"fsgid\":1007,\"cap_inh\":[0,0],\"cap_prm\":[4294967295,511],"
                + "\"cap_eff\":[1,1],\"cap_bnd\":[4294967295,511],\"secbits\":2,\"groups\":[4,24,1000]}");
    }

    @Test
    void aCoreSaysTheSignalsThatWait() {
        assertThat(decoded("core-4242.img")).contains("\"signals_s\":{\"signals\":[{\"siginfo\":\"IgAAAAAAAAD/",
                "\"signals_p\":{\"signals\":[{\"siginfo\":\"IwAAAAAAAAD/");
    }

    @Test
    void memorySaysLayoutAndMappings() {
        assertThat(decoded("mm-4242.img")).startsWith("{\"magic\":\"MM\"")
                .contains("\"mm_start_code\":4198400,\"mm_end_code\":4198912", "\"exe_file_id\":4",
                        "\"mm_saved_auxv\":[33,140724890370048,6,4096,0,0]", "\"dumpable\":1", "\"thp_disabled\":false")
                .contains(vma(0x401000, 0x402000, 0x1000, 4, 5, 2, 1 | 64, "0,\"fdflags\":0"))
                .contains(vma(0x1c2d000, 0x1c4e000, 0, 0, 3, 0x22, 1 | 512, "32768"))
                .contains(vma(0x7f0000000000L, 0x7f0000002000L, 0x1000, 77001, 3, 0x21, 1 | 256, "0"))
                .contains(vma(0x7f0000002000L, 0x7f0000003000L, 0, 1, 3, 1, 1 | 128, "0,\"fdflags\":2"))
                .contains(vma(0x7ffd110f3000L, 0x7ffd11114000L, 0, 0, 3, 0x122, 1 | 512, "0"))
                .contains(vma(0x7ffd1119e000L, 0x7ffd111a0000L, 0, 0, 5, 0x22, 1 | 8 | 512, "0"));
    }

    private static String vma(long start, long end, long offset, long object, int protection, int flags, int status, String rest) {
        return "{\"start\":" + start + ",\"end\":" + end + ",\"pgoff\":" + offset + ",\"shmid\":" + object + ",\"prot\":"
                + protection + ",\"flags\":" + flags + ",\"status\":" + status + ",\"fd\":-1,\"madv\":" + rest + "}";
    }

    @Test
    void pagemapsSayWhichPagesAreThere() {
        assertThat(decoded("pagemap-4242.img")).isEqualTo("{\"magic\":\"PAGEMAP\",\"entries\":[{\"pages_id\":1},"
                + "{\"vaddr\":4198400,\"nr_pages\":2,\"flags\":4},{\"vaddr\":29544448,\"nr_pages\":1,\"flags\":4}]}");
        assertThat(decoded("pagemap-shmem-77001.img")).contains("{\"pages_id\":3},{\"vaddr\":0,\"nr_pages\":1,\"flags\":4}");
    }

    @Test
    void descriptorsSayNumberFileAndFlag() {
        assertThat(decoded("fdinfo-1.img")).isEqualTo("{\"magic\":\"FDINFO\",\"entries\":["
                + "{\"id\":1,\"flags\":0,\"type\":\"REG\",\"fd\":0},{\"id\":1,\"flags\":1,\"type\":\"REG\",\"fd\":1},"
                + "{\"id\":5,\"flags\":0,\"type\":\"UND\",\"fd\":9}]}");
    }

    @Test
    void filesSayWhatTheirKindsWrote() {
        assertThat(decoded("files.img")).startsWith("{\"magic\":\"FILES\"")
                .contains("{\"type\":\"REG\",\"id\":1,\"reg\":{\"id\":1,", "\"name\":\"count.log\"", "{\"type\":\"UND\",\"id\":5}");
    }

    @Test
    void idsAndDirectoriesAreSaid() {
        assertThat(decoded("ids-4300.img")).contains("{\"vm_id\":2,\"files_id\":2,\"fs_id\":2,\"sighand_id\":2}");
        assertThat(decoded("fs-4242.img")).contains("{\"cwd_id\":2,\"root_id\":3,\"umask\":18}");
    }

    @Test
    void statisticsAreSaid() {
        assertThat(decoded("stats-dump")).contains("\"freezing_time\":1,\"frozen_time\":2,\"memdump_time\":3,\"memwrite_time\":4,"
                + "\"pages_scanned\":5,\"pages_skipped_parent\":0,\"pages_written\":6,\"pages_lazy\":0");
        assertThat(decoded("stats-restore")).contains("\"forking_time\":7,\"restore_time\":8,\"pages_restored\":9");
    }

    /** Of living tasks: for one that has ended crit looks for files that CRIU does not write either. */
    @Test
    void theDirectoryAsAWholeIsUnderstood(@TempDir Path living) {
        try (ImageWriter writer = ImageWriter.create(living)) {
            writer.writeFiles(SampleState.files(), SampleState.TYPES);
            writer.writeTasks(List.of(SampleState.root(), SampleState.child()));
            writer.seal(SampleImage.PLUGINS);
        }
        assertThat(Crit.explore(living, "ps")).contains("4242   4242   4242   count\u00e9r");
        assertThat(Crit.explore(living, "fds")).contains("0: count.log", "9: UND.5", "cwd: home");
        assertThat(Crit.explore(living, "mems")).contains("bin/count + 0x1000", "count.log (s)", "[vdso]");
    }
}
