/* Sleeps below as many bytes of its stack as it is told, of which only the lowest were ever touched. */
#include <alloca.h>
#include <stdlib.h>
#include <time.h>

int main(int count, char **arguments) {
    if (count != 2) return 2;
    volatile char *frame = alloca(strtoul(arguments[1], 0, 10));
    frame[0] = 1;
    struct timespec long_time = {1000, 0};
    nanosleep(&long_time, 0);
    return frame[0] != 1;
}
