/*
 * Calls that keep what is left of their time in the kernel. Each is made by a thread of its own; the exit status is how many
 * of them did not end by their time being over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 2

static const struct timespec time_left = {SECONDS, 0};

static void *bare_sleep(void *unused) {
    (void) unused;
    return (void *) (long) (syscall(SYS_nanosleep, &time_left, NULL) != 0);
}

static void *clock_sleep(void *unused) {
    (void) unused;
    return (void *) (long) (clock_nanosleep(CLOCK_BOOTTIME, 0, &time_left, NULL) != 0);
}

static void *sleep_with_rest(void *unused) {
    struct timespec rest;
    (void) unused;
    return (void *) (long) (syscall(SYS_nanosleep, &time_left, &rest) != 0);
}

static void *polling(void *unused) {
    (void) unused;
    return (void *) (long) (poll(NULL, 0, SECONDS * 1000) != 0);
}

static void *waiting(void *unused) {
    int word = 0;
    (void) unused;
    return (void *) (long) (syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &time_left, NULL, 0) != -1 || errno != ETIMEDOUT);
}

int main(void) {
    void *(*calls[])(void *) = {bare_sleep, clock_sleep, sleep_with_rest, polling, waiting};
    pthread_t threads[5];
    long failures = 0;
    for (int i = 0; i < 5; i++) {
        pthread_create(&threads[i], NULL, calls[i], NULL);
    }
    for (int i = 0; i < 5; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        if (failed != NULL) {
            printf("call %d ended before its time\n", i);
            failures++;
        }
    }
    return (int) failures;
}
