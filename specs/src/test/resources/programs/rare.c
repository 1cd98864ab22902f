// Has what its argument names, all of it kernel state that few programs have and that is kept; then creates the file "ready" and waits.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void check(int holds, const char *what) {
    if (!holds) {
        perror(what);
        exit(1);
    }
}

static volatile pid_t tid;
static volatile int end;

static void *thread(void *unused) {
    tid = syscall(SYS_gettid);
    while (!end) {
        usleep(1000);
    }
    return unused;
}

static pthread_t start_thread(void) {
    pthread_t started;
    check(pthread_create(&started, NULL, thread, NULL) == 0, "pthread_create");
    while (!tid) {
        usleep(1000);
    }
    return started;
}

static void end_thread(pthread_t started) {
    end = 1;
    pthread_join(started, NULL);
    char path[64];
    sprintf(path, "/proc/self/task/%d", tid);
    while (access(path, F_OK) == 0) {
        usleep(1000);
    }
}

static void timer_for_ended_thread(void) {
    pthread_t started = start_thread();
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    event._sigev_un._tid = tid;
    int timer;
    check(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
    struct itimerspec periodic = {{100, 0}, {1000, 0}};
    check(syscall(SYS_timer_settime, timer, 0, &periodic, NULL) == 0, "timer_settime");
    end_thread(started);
}

// Between two pages with contents.
static void moved_vdso(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[256];
    unsigned long from = 0, to = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        if (strstr(line, "[vdso]") != NULL) {
            sscanf(line, "%lx-%lx", &from, &to);
        }
    }
    fclose(maps);
    unsigned long size = to - from;
    char *room = mmap(NULL, size + 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(room, 7, size + 2 * 4096);
    check(mremap((void *) from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, room + 4096) == room + 4096, "mremap");
}

static void semaphore(int set, int by) {
    struct sembuf operation = {0, by, SEM_UNDO};
    check(semop(set, &operation, 1) == 0, "semop");
}

int main(int argc, char **argv) {
    int set = argc > 2 ? atoi(argv[2]) : 0;
    if (!strcmp(argv[1], "timer-for-ended-thread")) timer_for_ended_thread();
    else if (!strcmp(argv[1], "moved-vdso")) moved_vdso();
    else if (!strcmp(argv[1], "ended-thread")) end_thread(start_thread());
    else if (!strcmp(argv[1], "threads-and-nothing-to-undo")) start_thread(), semaphore(set, 1), semaphore(set, -1);
    else if (!strcmp(argv[1], "threads-and-something-to-undo")) start_thread(), semaphore(set, 1);
    else check(0, argv[1]);
    check(creat("ready", 0600) >= 0, "ready");
    while (1) {
        pause();
    }
}
