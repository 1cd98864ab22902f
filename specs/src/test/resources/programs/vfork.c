/* Suspended by vfork while its child sleeps: vfork SECONDS. Then writes the child's status and waits. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
    struct timespec time = {count > 1 ? atoi(arguments[1]) : 1, 0};
    pid_t child = vfork();
    if (child == 0) {
        nanosleep(&time, NULL);
        _exit(3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
    fflush(stdout);
    pause();
    return 0;
}
