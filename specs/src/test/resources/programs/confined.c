// Threads and a child that seccomp confines in different ways. Writes "ready", and on SIGUSR1 what is allowed to whom then.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *out;
static sem_t asked, answered;

// A filter that has `call` fail with `number`, and kills whoever uses restart_syscall.
static long deny(unsigned call, int number, unsigned flags) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog prog = {sizeof program / sizeof *program, program};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

static const char *verdict(long call) {
    static char text[32];
    errno = 0;
    syscall(call, 0, 0, 0);
    snprintf(text, sizeof text, "%d", errno);
    return text;
}

static void *sleeper(void *unused) {
    while (1) {
        struct timespec time = {0, 20000000};
        nanosleep(&time, NULL);
        poll(NULL, 0, 20);
    }
    return unused;
}

static void *stricter(void *unused) {
    if (deny(SYS_getppid, 77, SECCOMP_FILTER_FLAG_LOG) != 0) {
        exit(3);
    }
    sem_post(&answered);
    sem_wait(&asked);
    fprintf(out, "second thread: getpriority %s", verdict(SYS_getpriority));
    fprintf(out, " getppid %s\n", verdict(SYS_getppid));
    sem_post(&answered);
    return unused;
}

static void strict(int input, int output) {
    char byte;
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    syscall(SYS_write, output, "r", 1);
    syscall(SYS_read, input, &byte, 1);
    syscall(SYS_write, output, "s", 1);
    syscall(SYS_getpid);
    syscall(SYS_exit, 0);
}

int main(int argc, char **argv) {
    int to[2], from[2], signal_number, status;
    char byte;
    pthread_t thread;
    sigset_t set;
    out = fopen(argv[1], "a");
    setvbuf(out, NULL, _IOLBF, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sem_init(&asked, 0, 0);
    sem_init(&answered, 0, 0);
    if (pipe(to) || pipe(from)) {
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        strict(to[0], from[1]);
    }
    if (read(from[0], &byte, 1) != 1 || (argc > 2 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) || deny(SYS_getpriority, EPERM, 0)) {
        return 3;
    }
    pthread_create(&thread, NULL, sleeper, NULL);
    if (argc == 2) {
        pthread_create(&thread, NULL, stricter, NULL);
        sem_wait(&answered);
    }
    if (setresuid(65534, 65534, 65534)) {
        return 4;
    }
    fprintf(out, "ready\n");
    sigwait(&set, &signal_number);

    fprintf(out, "first thread: getpriority %s", verdict(SYS_getpriority));
    fprintf(out, " getppid %s\n", verdict(SYS_getppid));
    if (argc == 2) {
        sem_post(&asked);
        sem_wait(&answered);
    } else {
        fprintf(out, "all threads follow: %ld\n", deny(SYS_getsid, 88, SECCOMP_FILTER_FLAG_TSYNC));
    }
    byte = write(to[1], "x", 1);
    byte = read(from[0], &byte, 1) == 1 ? byte : '?';
    waitpid(child, &status, 0);
    fprintf(out, "strict child: %c, ended by signal %d\n", byte, WTERMSIG(status));
    return 0;
}
