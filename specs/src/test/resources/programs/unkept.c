// Has what its arguments name, all of it kernel state that nobody keeps; then creates the file "ready" and waits.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void check(int holds, const char *what) {
    if (!holds) {
        perror(what);
        exit(1);
    }
}

static void ring(void) {
    char parameters[120] = {0}; // struct io_uring_params
    int fd = syscall(SYS_io_uring_setup, 8, parameters);
    check(fd >= 0, "io_uring_setup");
    check(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED, "mmap");
}

static void watched(void) {
    int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
    check(fd >= 0, "userfaultfd");
    struct uffdio_api api = {.api = UFFD_API};
    check(ioctl(fd, UFFDIO_API, &api) == 0, "UFFDIO_API");
    void *place = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = {.range = {(unsigned long) place, 4096}, .mode = UFFDIO_REGISTER_MODE_MISSING};
    check(ioctl(fd, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
}

static void asynchronous(void) {
    unsigned long context = 0;
    check(syscall(SYS_io_setup, 4, &context) == 0, "io_setup");
}

static int wait_for_ever(void *unused) {
    while (1) {
        pause();
    }
    return unused != NULL;
}

static int wait_for_parent(void *started) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    *(volatile int *) started = 1;
    return wait_for_ever(NULL);
}

static void same_memory(void) {
    char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile int started = 0;
    check(clone(wait_for_parent, stack + 65536, CLONE_VM | CLONE_FILES | SIGCHLD, (void *) &started) > 0, "clone");
    while (!started) usleep(1000);
}

static void *apart(void *started) {
    check(unshare(CLONE_NEWUTS) == 0, "unshare");
    *(volatile int *) started = 1;
    wait_for_ever(NULL);
    return NULL;
}

static void thread_apart(void) {
    static volatile int started;
    pthread_t thread;
    pthread_create(&thread, NULL, apart, (void *) &started);
    while (!started) {
        sched_yield();
    }
}

static void segments(void) {
    unsigned *area = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    area[0] = -1; // struct user_desc: any free entry
    area[1] = (unsigned long) area;
    area[2] = 0xfffff;
    area[3] = 0x51; // 32 bit, limit in pages, useable
    int result;
    asm volatile("int $0x80" : "=a"(result) : "0"(243), "b"(area) : "memory"); // set_thread_area
    check(result == 0, "set_thread_area");
}

static clockid_t clock_of_thread;

static void *ending(void *timer_too) {
    int timer;
    if (timer_too != NULL) {
        check(syscall(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, NULL, &timer) == 0, "timer_create");
    } else {
        pthread_getcpuclockid(pthread_self(), &clock_of_thread);
        check(syscall(SYS_timer_create, clock_of_thread, NULL, &timer) == 0, "timer_create");
    }
    return NULL;
}

static void timer_of_ended_thread(void *by_thread) {
    pthread_t thread;
    pthread_create(&thread, NULL, ending, by_thread);
    pthread_join(thread, NULL);
    while (1) {
        FILE *status = fopen("/proc/self/status", "r");
        char line[256];
        int threads = 0;
        while (fgets(line, sizeof line, status) != NULL) {
            sscanf(line, "Threads: %d", &threads);
        }
        fclose(status);
        if (threads == 1) {
            return;
        }
        usleep(1000);
    }
}

static void timer_of_stranger(void) {
    clockid_t clock;
    check(clock_getcpuclockid(1, &clock) == 0, "clock_getcpuclockid");
    int timer;
    check(syscall(SYS_timer_create, clock, NULL, &timer) == 0, "timer_create");
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "io_uring")) ring();
        else if (!strcmp(argv[i], "userfaultfd")) watched();
        else if (!strcmp(argv[i], "aio")) asynchronous();
        else if (!strcmp(argv[i], "same-memory")) same_memory();
        else if (!strcmp(argv[i], "namespace")) check(unshare(CLONE_NEWUTS | CLONE_NEWIPC) == 0, "unshare");
        else if (!strcmp(argv[i], "thread-apart")) thread_apart();
        else if (!strcmp(argv[i], "segments")) segments();
        else if (!strcmp(argv[i], "timer-of-ended-thread")) timer_of_ended_thread(NULL);
        else if (!strcmp(argv[i], "timer-by-ended-thread")) timer_of_ended_thread(argv);
        else if (!strcmp(argv[i], "timer-of-stranger")) timer_of_stranger();
        else check(0, argv[i]);
    }
    check(creat("ready", 0600) >= 0, "ready");
    return wait_for_ever(NULL);
}
