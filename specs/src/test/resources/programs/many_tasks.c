/*
 * A root with as many children as its argument says, all of which count in shared memory. Whenever all of them have counted on, the
 * root writes a line to the file "lines". It never rests: whoever's number the file "victim" holds it kills at once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void kill_victim(void)
{
    char text[16] = "";
    int file = open("victim", O_RDONLY);
    if (file < 0)
        return;
    ssize_t length = read(file, text, sizeof(text) - 1);
    close(file);
    if (length > 0 && text[length - 1] == '\n') {
        unlink("victim");
        kill(atoi(text), SIGKILL);
    }
}

static void count(volatile unsigned *counter)
{
    struct timespec pause = {0, 50000000};
    for (;;) {
        ++*counter;
        nanosleep(&pause, NULL);
    }
}

int main(int argc, char **argv)
{
    int children = argc > 1 ? atoi(argv[1]) : 1;
    volatile unsigned *counters = mmap(NULL, children * sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned *seen = calloc(children, sizeof(unsigned));
    for (int i = 0; i < children; i++)
        if (fork() == 0)
            count(counters + i);
    for (;;) {
        int behind = 0;
        for (int i = 0; i < children; i++)
            behind += counters[i] == seen[i];
        if (behind == 0) {
            memcpy(seen, (void *)counters, children * sizeof(unsigned));
            int lines = open("lines", O_WRONLY | O_CREAT | O_APPEND, 0600);
            if (write(lines, "all\n", 4) != 4)
                return 1;
            close(lines);
        }
        kill_victim();
    }
}
