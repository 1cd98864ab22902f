/*
 * threaded_tree BRANCHES TASKS THREADS: a root with BRANCHES children, each with TASKS children, each of all those with THREADS
 * threads that count: in memory that all share, in memory of the thread's own and in its registers, all of which must agree, and
 * with locks of their process. The children die with their parents. Whenever all of them have counted on, the root writes "all" to the file "lines"; whoever finds
 * something that is not as it was writes "BAD" and what.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned *counters;
static int threads;
static int task;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned together;
static __thread unsigned own;

static void say(const char *what)
{
    int lines = open("lines", O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (lines < 0 || write(lines, what, strlen(what)) < 0)
        _exit(1);
    close(lines);
}

static void *count(void *argument)
{
    volatile unsigned *counter = counters + task * threads + (long)argument;
    struct timespec pause = {0, 100000000};
    pid_t tid = gettid(), process = getpid();
    for (unsigned counted = 0;; counted++) {
        if (*counter != counted || own != counted)
            say("BAD count\n");
        if (gettid() != tid || getpid() != process)
            say("BAD number\n");
        pthread_mutex_lock(&lock);
        unsigned before = together++;
        ++*counter;
        own++;
        if (together != before + 1)
            say("BAD lock\n");
        pthread_mutex_unlock(&lock);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static void begin(int number)
{
    pthread_attr_t small;
    task = number;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    for (long i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, count, (void *)i) != 0)
            say("BAD thread\n");
    }
}

static void watch(int all)
{
    unsigned *seen = calloc(all, sizeof(unsigned));
    struct timespec pause = {0, 10000000};
    for (;;) {
        int behind = 0;
        for (int i = 0; i < all; i++)
            behind += counters[i] == seen[i];
        if (behind == 0) {
            memcpy(seen, (void *)counters, all * sizeof(unsigned));
            say("all\n");
        }
        nanosleep(&pause, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int branches = atoi(argv[1]), tasks = atoi(argv[2]), number = 0;
    threads = atoi(argv[3]);
    int all = branches * (tasks + 1) * threads;
    counters = mmap(NULL, all * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int branch = 0; branch < branches; branch++, number += tasks + 1)
        if (fork() == 0) {
            for (int i = 1; i <= tasks; i++)
                if (fork() == 0) {
                    begin(number + i);
                    count(NULL);
                }
            begin(number);
            count(NULL);
        }
    watch(all);
}
