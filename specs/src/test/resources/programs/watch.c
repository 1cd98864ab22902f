/*
 * Watches a directory and checks every byte it reads, as path watchers of service managers do: sizes, padding, watch numbers,
 * masks, cookies, order. Prints each event. Usage: watch DIRECTORY; reads at SIGUSR1 and then prints "--".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int directory, inner;
static unsigned int last_cookie;

static void fail(const char *what) {
    printf("WRONG: %s (errno %d)\n", what, errno);
    fflush(stdout);
    abort();
}

static void check(const struct inotify_event *event, const char *end) {
    if (event->mask & IN_Q_OVERFLOW) {
        if (event->wd != -1 || event->len != 0 || event->cookie != 0) fail("an overflow with more in it");
        printf("overflow\n");
        return;
    }
    if (event->wd != directory && event->wd != inner) fail("an unknown watch");
    if (event->len % 16 != 0) fail("the name's room is no multiple of 16");
    if (event->name + event->len > end) fail("a name beyond the end");
    if (event->len > 0) {
        size_t used = strnlen(event->name, event->len);
        if (used == event->len) fail("a name without an end");
        if (event->len - used > 16) fail("more padding than needed");
        for (size_t i = used; i < event->len; i++) if (event->name[i] != 0) fail("padding that is not zero");
    }
    unsigned int what = event->mask & ~IN_ISDIR;
    if (what == 0 || (what & (what - 1)) != 0) fail("not one thing at a time");
    int renamed = (what & IN_MOVE) != 0;
    if (renamed != (event->cookie != 0)) fail("a cookie where none belongs, or none where one does");
    if (what == IN_MOVED_TO && last_cookie != event->cookie) fail("halves of a rename that do not match");
    if (what == IN_MOVED_FROM) last_cookie = event->cookie;
    printf("%s %x %s\n", event->wd == directory ? "dir" : "inner", event->mask, event->len ? event->name : "");
}

static void read_all(int fd) {
    int pending, got = 0;
    if (ioctl(fd, FIONREAD, &pending) != 0) fail("FIONREAD");
    char buffer[4096] __attribute__((aligned(8)));
    struct pollfd readable = {fd, POLLIN, 0};
    while (poll(&readable, 1, 0) == 1) {
        ssize_t length = read(fd, buffer, sizeof buffer);
        if (length <= 0) fail("read");
        got += length;
        const char *end = buffer + length;
        for (const char *at = buffer; at < end;) {
            const struct inotify_event *event = (const struct inotify_event *) at;
            check(event, end);
            at += sizeof *event + event->len;
        }
    }
    if (got != pending) fail("FIONREAD told another size");
    printf("--\n");
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 2 || chdir(arguments[1]) != 0) fail("usage: watch DIRECTORY");
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int fd = inotify_init1(IN_CLOEXEC);
    directory = inotify_add_watch(fd, ".", IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF);
    inner = inotify_add_watch(fd, "inner", IN_ALL_EVENTS | IN_EXCL_UNLINK);
    if (fd < 0 || directory < 0 || inner < 0) fail("watching");
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        int signal;
        sigwait(&signals, &signal);
        read_all(fd);
    }
}
