package dev.stasis.bench;

import java.util.List;

/**
 * A program in python, for what perl does not have: threads and mappings.
 *
 * @param name what it goes by
 * @param preparation statements, each on a line of its own, that bring it into its state
 */
record PythonWorkload(String name, String preparation) implements Workload {

    /** {@code threads} threads that sleep, besides the one that started them. */
    static PythonWorkload threads(String name, int threads) {
        return new PythonWorkload(name, """
                import threading
                threading.stack_size(65536)
                for i in range(%d): threading.Thread(target=time.sleep, args=(100000,), daemon=True).start()
                """.formatted(threads));
    }

    /** {@code areas} mappings of a page each, which the kernel cannot join because every other one is read-only. */
    static PythonWorkload mappings(String name, int areas) {
        return new PythonWorkload(name, """
                import mmap
                held = []
                for i in range(%d):
                    one = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
                                    prot=mmap.PROT_READ | (mmap.PROT_WRITE if i %% 2 else 0))
                    if i %% 2: one[0] = i %% 251 + 1
                    held.append(one)
                """.formatted(areas));
    }

    /** An epoll instance with {@code items} items, on a pipe that has as many numbers. */
    static PythonWorkload items(String name, int items) {
        return new PythonWorkload(name, """
                import os, resource, select
                resource.setrlimit(resource.RLIMIT_NOFILE, (%d, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
                instance = select.epoll(); reader, writer = os.pipe()
                for i in range(%d): instance.register(os.dup(reader), select.EPOLLIN | select.EPOLLET)
                """.formatted(items + 50, items));
    }

    @Override
    public List<String> command() {
        return List.of("/usr/bin/python3", "-c", "import time\n" + preparation + "print('ready', flush=True)\ntime.sleep(100000)\n");
    }
}
