/*
 * A program that checks itself while it is frozen, killed and brought back.
 *
 *     workload OUTPUT VERDICT
 *
 * Seven threads. The main one writes a numbered line to OUTPUT every two milliseconds, so that a gap or a repeat shows. At
 * the first thing that is not as it must be, "failed: ..." goes to VERDICT and the program ends with 1. At SIGUSR1 it stops
 * all threads, looks at everything once more, writes "ok ..." and ends with 0. "started" goes to VERDICT when all is set up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define MILLISECOND 1000000L

static int output, verdict;
static atomic_int stopping, ready;
static pid_t pid;

static void say(const char *word, const char *format, va_list arguments) {
    char text[512];
    int length = snprintf(text, sizeof text, "%s", word);
    length += vsnprintf(text + length, sizeof text - length - 1, format, arguments);
    text[length++] = '\n';
    if (write(verdict, text, length) != length) _exit(3);
}

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("failed: ", format, arguments);
    _exit(1);
}

static void report(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* Sleeps for all of it, whatever signals come. */
static void rest(long nanoseconds) {
    struct timespec t = {0, nanoseconds};
    while (nanosleep(&t, &t) != 0)
        if (errno != EINTR) fail("nanosleep: errno %d", errno);
}

/* ---- each thread's identity and thread-local storage ------------------------------------------------------------- */

static __thread int own_number = -1;
static __thread pid_t own_tid;
static __thread pthread_t own_self;
static __thread char own_block[3000];

static void identify(int number) {
    own_number = number;
    own_tid = syscall(SYS_gettid);
    own_self = pthread_self();
    memset(own_block, 'a' + number, sizeof own_block);
    atomic_fetch_add(&ready, 1);
}

static void check_identity(int number) {
    if (own_number != number || own_block[0] != 'a' + number || own_block[2999] != 'a' + number)
        fail("thread %d: thread-local storage", number);
    if (own_tid != syscall(SYS_gettid)) fail("thread %d: was tid %d, is %ld", number, own_tid, syscall(SYS_gettid));
    if (own_self != pthread_self()) fail("thread %d: pthread_self", number);
    if (pid != getpid()) fail("thread %d: was pid %d, is %d", number, pid, getpid());
}

/* ---- thread 1: memory of every kind -------------------------------------------------------------------------------- */

#define WORDS (1 << 17)
static uint64_t *heap, *shared, *mapped, *sparse;
static unsigned char *read_only, *no_access;
static uint64_t generation;

static uint64_t mix(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdUL;
    x ^= x >> 33;
    return x;
}

static void prepare_memory(const char *output_path) {
    char path[4096];
    snprintf(path, sizeof path, "%s.mapped", output_path);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || ftruncate(file, 16 * PAGE) != 0) fail("%s: errno %d", path, errno);
    heap = malloc(WORDS * 8);
    mapped = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    shared = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sparse = mmap(0, 64L << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    read_only = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    no_access = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(read_only, 0x5a, PAGE);
    memset(no_access, 0xa5, PAGE);
    mprotect(read_only, PAGE, PROT_READ);
    mprotect(no_access, PAGE, PROT_NONE);
    sparse[(32L << 20) / 8] = 12345;
}

static void fill(uint64_t seed) {
    for (uint64_t i = 0; i < WORDS; i++) heap[i] = mix(seed + i);
    for (uint64_t i = 0; i < 16 * PAGE / 8; i++) shared[i] = mapped[i] = mix(~seed + i);
}

static void check_memory(uint64_t seed) {
    for (uint64_t i = 0; i < WORDS; i++)
        if (heap[i] != mix(seed + i)) fail("heap word %lu in generation %lu", i, seed);
    for (uint64_t i = 0; i < 16 * PAGE / 8; i++) {
        if (shared[i] != mix(~seed + i)) fail("shared word %lu in generation %lu", i, seed);
        if (mapped[i] != mix(~seed + i)) fail("mapped word %lu in generation %lu", i, seed);
    }
    if (sparse[(32L << 20) / 8] != 12345 || sparse[8] != 0) fail("sparse mapping");
    if (read_only[0] != 0x5a || read_only[PAGE - 1] != 0x5a) fail("read-only page");
}

static void *memory_thread(void *unused) {
    (void)unused;
    identify(1);
    while (!stopping) {
        fill(++generation);
        check_identity(1);
        rest(MILLISECOND);
        check_memory(generation);
        rest(4 * MILLISECOND);
    }
    check_memory(generation);
    mprotect(no_access, PAGE, PROT_READ);
    if (no_access[0] != 0xa5 || no_access[PAGE - 1] != 0xa5) fail("page that nobody could access");
    return 0;
}

/* ---- threads 2 and 3: floating point and vector registers, mostly inside the loop ----------------------------------- */

static void spin_sse(double seed, uint64_t rounds) {
    double a = seed, b = seed * 3, r0 = 0, r1 = 0, r2 = 0, r3 = 0;
    __asm__ volatile(
        "movsd %[a], %%xmm8\n movsd %[b], %%xmm9\n movsd %[a], %%xmm14\n movsd %[b], %%xmm15\n"
        "1: dec %[n]\n jnz 1b\n"
        "movsd %%xmm8, %[r0]\n movsd %%xmm9, %[r1]\n movsd %%xmm14, %[r2]\n movsd %%xmm15, %[r3]\n"
        : [r0] "=m"(r0), [r1] "=m"(r1), [r2] "=m"(r2), [r3] "=m"(r3), [n] "+r"(rounds)
        : [a] "m"(a), [b] "m"(b)
        : "xmm8", "xmm9", "xmm14", "xmm15", "cc", "memory");
    if (r0 != a || r1 != b || r2 != a || r3 != b) fail("SSE registers: %g %g %g %g", r0, r1, r2, r3);
}

__attribute__((target("avx"))) static void spin_avx(uint64_t seed, uint64_t rounds) {
    uint64_t in[4] = {mix(seed), mix(seed + 1), mix(seed + 2), mix(seed + 3)}, out[4] = {0};
    __asm__ volatile(
        "vmovdqu %[in], %%ymm11\n"
        "1: dec %[n]\n jnz 1b\n"
        "vmovdqu %%ymm11, %[out]\n"
        : [out] "=m"(out), [n] "+r"(rounds)
        : [in] "m"(in)
        : "xmm11", "cc", "memory");
    if (memcmp(in, out, sizeof in) != 0) fail("AVX register");
}

static void spin_x87(long double value, uint64_t rounds) {
    long double out = 0;
    unsigned short control = 0;
    __asm__ volatile("1: dec %[n]\n jnz 1b\n" : "=t"(out), [n] "+r"(rounds) : "0"(value) : "cc");
    __asm__ volatile("fnstcw %0" : "=m"(control));
    if (out != value) fail("x87 register");
    if (control != 0x0f7f) fail("x87 control word %x", control);
}

static void *vector_thread(void *argument) {
    int number = (int)(intptr_t)argument;
    unsigned short truncate = 0x0f7f;
    unsigned mxcsr = 0x7f80, seen = 0;
    identify(number);
    __asm__ volatile("fldcw %0\n ldmxcsr %1" : : "m"(truncate), "m"(mxcsr));
    for (uint64_t round = 1; !stopping; round++) {
        spin_sse(number + round / 7.0, 300000);
        if (__builtin_cpu_supports("avx")) spin_avx(number * 1000 + round, 300000);
        spin_x87(number + round / 3.0L, 300000);
        __asm__ volatile("stmxcsr %0" : "=m"(seen));
        if ((seen & ~0x3fu) != mxcsr) fail("mxcsr %x", seen);
        check_identity(number);
        rest(2 * MILLISECOND);
    }
    return 0;
}

/* ---- threads 4 and 5: a mutex, a condition variable, deadlines ------------------------------------------------------ */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned;
static int turn = 4;
static uint64_t guarded_a, guarded_b, handoffs, timeouts;

static void under_lock(void) {
    if (guarded_a != guarded_b) fail("two threads inside one mutex: %lu %lu", guarded_a, guarded_b);
    guarded_a++;
    sched_yield();
    guarded_b++;
}

static int wait_for_turn(int number) {
    struct timespec deadline;
    int64_t begin = now(), until = begin + 10 * MILLISECOND;
    deadline.tv_sec = until / 1000000000L;
    deadline.tv_nsec = until % 1000000000L;
    int error = 0;
    while (turn != number && error == 0) error = pthread_cond_timedwait(&turned, &lock, &deadline);
    if (error == ETIMEDOUT && now() < until) fail("a wait ended %ld ns before its deadline", until - now());
    if (error != 0 && error != ETIMEDOUT) fail("pthread_cond_timedwait: %d", error);
    return turn == number;
}

static void *turn_thread(void *argument) {
    int number = (int)(intptr_t)argument;
    identify(number);
    while (!stopping) {
        pthread_mutex_lock(&lock);
        under_lock();
        if (wait_for_turn(number)) {
            turn = 9 - number;
            handoffs++;
            pthread_cond_signal(&turned);
        } else {
            timeouts++;
        }
        pthread_mutex_unlock(&lock);
        check_identity(number);
        rest(number == 4 ? MILLISECOND : 15 * MILLISECOND);
    }
    return 0;
}

/* ---- thread 6: restartable sequences -------------------------------------------------------------------------------- */

static uint64_t committed, aborted;

/* Adds one to committed, unless the thread was preempted, migrated or signalled meanwhile; a long way, so that it happens. */
static int add_in_sequence(struct rseq *area, uint64_t *counter) {
    static uint64_t spins = 20000;
    uint64_t n = spins, value = *counter;
    __asm__ goto volatile(
        ".pushsection __rseq_cs, \"aw\"\n .balign 32\n"
        "3: .long 0, 0\n .quad 1f, 2f - 1f, 4f\n .popsection\n"
        "lea 3b(%%rip), %%rax\n mov %%rax, %[cs]\n"
        "1: dec %[n]\n jnz 1b\n"
        "inc %[value]\n"
        "mov %[value], %[counter]\n"
        "2: jmp 5f\n"
        ".byte 0x0f, 0xb9, 0x3d\n .long 0x53053053\n"
        "4: jmp %l[abort]\n"
        "5:\n"
        :
        : [cs] "m"(area->rseq_cs), [counter] "m"(*counter), [n] "r"(n), [value] "r"(value)
        : "rax", "cc", "memory"
        : abort);
    return 1;
abort:
    return 0;
}

static void *sequence_thread(void *unused) {
    (void)unused;
    identify(6);
    struct rseq *area = (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
    uint64_t rounds = 0;
    while (!stopping) {
        rounds++;
        if (!add_in_sequence(area, &committed)) aborted++;
        if (committed + aborted != rounds) fail("%lu sequences committed, %lu aborted, of %lu", committed, aborted, rounds);
        if (__rseq_size > 0 && (int)area->cpu_id < 0) fail("the kernel no longer knows the area: cpu %d", (int)area->cpu_id);
        check_identity(6);
        if (rounds % 50 == 0) rest(2 * MILLISECOND);
    }
    return 0;
}

/* ---- signals and timers, handled in the main thread ------------------------------------------------------------------ */

#define QUEUED (SIGRTMIN + 1)
#define TICK (SIGRTMIN + 2)
static volatile sig_atomic_t stop_asked;
static volatile uint64_t alarms, ticks, received;
static char alternate[32768];
static timer_t timer;

static int on_alternate_stack(void) {
    char here;
    return &here >= alternate && &here < alternate + sizeof alternate;
}

static void on_alarm(int signal, siginfo_t *info, void *context) {
    (void)context;
    if (signal != SIGALRM || info->si_code != SI_KERNEL) fail("SIGALRM with code %d", info->si_code);
    alarms++;
}

static void on_tick(int signal, siginfo_t *info, void *context) {
    (void)context;
    if (signal != TICK || info->si_code != SI_TIMER || info->si_value.sival_int != 0x5a5a)
        fail("timer signal with code %d, value %x", info->si_code, info->si_value.sival_int);
    if (!on_alternate_stack()) fail("the handler is not on the alternate stack");
    ticks++;
}

static void on_queued(int signal, siginfo_t *info, void *context) {
    (void)context;
    if (signal != QUEUED || info->si_code != SI_QUEUE || info->si_pid != pid)
        fail("queued signal with code %d of pid %d", info->si_code, info->si_pid);
    if (info->si_value.sival_int != (int)received) fail("queued value %d after %lu", info->si_value.sival_int, received);
    received++;
}

static void on_stop(int signal) {
    stop_asked = signal;
}

static void prepare_signals(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};
    sigaltstack(&stack, 0);
    action.sa_sigaction = on_alarm;
    sigaction(SIGALRM, &action, 0);
    action.sa_sigaction = on_queued;
    sigaction(QUEUED, &action, 0);
    action.sa_flags |= SA_ONSTACK;
    action.sa_sigaction = on_tick;
    sigaction(TICK, &action, 0);
    struct sigaction stop = {.sa_handler = on_stop};
    sigaction(SIGUSR1, &stop, 0);
    signal(SIGUSR2, SIG_IGN);
}

static void start_timers(void) {
    struct itimerval alarm_every = {{0, 20000}, {0, 20000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = TICK, .sigev_value.sival_int = 0x5a5a};
    struct itimerspec every = {{0, 20 * MILLISECOND}, {0, 20 * MILLISECOND}};
    if (setitimer(ITIMER_REAL, &alarm_every, 0) != 0) fail("setitimer: errno %d", errno);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) fail("timer_create: errno %d", errno);
    if (timer_settime(timer, 0, &every, 0) != 0) fail("timer_settime: errno %d", errno);
}

/* Counted in lines written, not in time: while nothing runs, nothing is late. */
static void check_timers(uint64_t line) {
    static uint64_t alarms_then, ticks_then;
    if (line % 1000 != 999) return;
    if (alarms == alarms_then) fail("SIGALRM stopped coming after %lu", alarms);
    if (ticks == ticks_then) fail("the timer's signal stopped coming after %lu", ticks);
    alarms_then = alarms;
    ticks_then = ticks;
}

static void check_signal_state(void) {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, 0, &mask);
    if (!sigismember(&mask, SIGHUP) || sigismember(&mask, SIGALRM)) fail("signal mask");
    stack_t stack;
    sigaltstack(0, &stack);
    if (stack.ss_sp != alternate || stack.ss_size != sizeof alternate) fail("alternate stack");
    struct sigaction action;
    sigaction(SIGUSR2, 0, &action);
    if (action.sa_handler != SIG_IGN) fail("SIGUSR2 is no longer ignored");
    sigaction(TICK, 0, &action);
    if (action.sa_sigaction != on_tick || !(action.sa_flags & SA_ONSTACK)) fail("action of the timer's signal");
}

/* Sends one to the process, held back until it was seen to be pending. */
static void queue_one(uint64_t number) {
    sigset_t one, pending;
    sigemptyset(&one);
    sigaddset(&one, QUEUED);
    pthread_sigmask(SIG_BLOCK, &one, 0);
    if (sigqueue(pid, QUEUED, (union sigval){.sival_int = (int)number}) != 0) fail("sigqueue: errno %d", errno);
    rest(100000);
    sigpending(&pending);
    if (!sigismember(&pending, QUEUED)) fail("a queued signal is lost: %lu", number);
    pthread_sigmask(SIG_UNBLOCK, &one, 0);
    if (received != number + 1) fail("%lu signals were queued, %lu came", number + 1, received);
}

/* ---- the rest of the process's state ---------------------------------------------------------------------------------- */

static char directory[4096];

static void prepare_settings(void) {
    sigset_t hangup;
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &hangup, 0);
    umask(027);
    prctl(PR_SET_NAME, "self-checking");
    prctl(PR_SET_TIMERSLACK, 12345);
    setpriority(PRIO_PROCESS, 0, 3);
    struct rlimit limit = {1000, 2000};
    setrlimit(RLIMIT_NPROC, &limit);
    if (!getcwd(directory, sizeof directory)) fail("getcwd: errno %d", errno);
}

static void check_settings(void) {
    char name[16], here[4096];
    struct rlimit limit;
    mode_t mask = umask(027);
    if (mask != 027) fail("umask %o", mask);
    prctl(PR_GET_NAME, name);
    if (strcmp(name, "self-checking") != 0) fail("name %s", name);
    if (prctl(PR_GET_TIMERSLACK) != 12345) fail("timer slack %d", prctl(PR_GET_TIMERSLACK));
    if (getpriority(PRIO_PROCESS, 0) != 3) fail("nice %d", getpriority(PRIO_PROCESS, 0));
    getrlimit(RLIMIT_NPROC, &limit);
    if (limit.rlim_cur != 1000 || limit.rlim_max != 2000) fail("limit %lu %lu", limit.rlim_cur, limit.rlim_max);
    if (!getcwd(here, sizeof here) || strcmp(here, directory) != 0) fail("current directory %s", here);
    if (getsid(0) != pid || getpgrp() != pid) fail("session %d, group %d", getsid(0), getpgrp());
}

/* ---- main ---------------------------------------------------------------------------------------------------------------- */

static void write_line(uint64_t line) {
    static off_t end;
    char text[32];
    int length = snprintf(text, sizeof text, "%lu\n", line);
    if (lseek(output, 0, SEEK_CUR) != end) fail("position %ld instead of %ld", lseek(output, 0, SEEK_CUR), end);
    if (write(output, text, length) != length) fail("write: errno %d", errno);
    end += length;
}

static void start_threads(pthread_t *threads) {
    void *(*bodies[])(void *) = {memory_thread, vector_thread, vector_thread, turn_thread, turn_thread, sequence_thread};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    for (intptr_t i = 0; i < 6; i++)
        if (pthread_create(&threads[i], 0, bodies[i], (void *)(i + 1)) != 0) fail("pthread_create");
    pthread_sigmask(SIG_SETMASK, &before, 0);
    while (ready < 7) sched_yield();
}

static void prepare_condition(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&turned, &attributes);
}

int main(int count, char **arguments) {
    pthread_t threads[6];
    uint64_t line = 0;
    if (count != 3) return 2;
    verdict = open(arguments[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    output = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (verdict < 0 || output < 0) return 2;
    pid = getpid();
    prepare_settings();
    prepare_memory(arguments[1]);
    prepare_condition();
    prepare_signals();
    identify(0);
    start_threads(threads);
    start_timers();
    report("started");
    for (; !stop_asked; line++) {
        write_line(line);
        if (line % 10 == 9) queue_one(line / 10);
        check_timers(line);
        check_identity(0);
        check_signal_state();
        rest(2 * MILLISECOND);
    }
    stopping = 1;
    for (int i = 0; i < 6; i++) pthread_join(threads[i], 0);
    check_settings();
    check_identity(0);
    report("ok lines=%lu generations=%lu handoffs=%lu timeouts=%lu committed=%lu aborted=%lu alarms=%lu ticks=%lu queued=%lu",
           line, generation, handoffs, timeouts, committed, aborted, alarms, ticks, received);
    return 0;
}
