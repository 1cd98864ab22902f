"""Children that ended in many ways, each with something that /proc still tells; their parent asks for them when it gets SIGUSR1."""
import ctypes
import os
import signal
import sys
import threading
import time

libc = ctypes.CDLL(None)


def user():
    os.setgroups([5, 6])
    os.setgid(7)
    os.setuid(1000)
    os._exit(3)


def signals():
    signal.signal(signal.SIGUSR2, lambda *ignored: None)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGTERM)


def schedule():
    os.nice(5)
    os.sched_setaffinity(0, {0})
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    libc.prctl(29, 70000)  # PR_SET_TIMERSLACK
    os._exit(4)


def idle():
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    os.kill(os.getpid(), signal.SIGKILL)


def settings():
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (50, 60))
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")
    libc.personality(0x0040000)  # ADDR_NO_RANDOMIZE
    os._exit(5)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def confined():
    allow = ctypes.create_string_buffer(bytes([6, 0, 0, 0, 0, 0, 0xff, 0x7f]), 8)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    for _ in range(2):
        libc.prctl(22, 2, ctypes.byref(Program(1, ctypes.addressof(allow))))  # PR_SET_SECCOMP
    os._exit(6)


def another_thread():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

    def taker():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=taker).start()
    time.sleep(1000)


def ended(pid):
    with open(f"/proc/{pid}/stat") as file:
        return ") Z " in file.read()


children = []
for end in user, signals, schedule, idle, settings, confined, another_thread:
    pid = os.fork()
    if pid == 0:
        end()
        os._exit(99)
    children.append(pid)
while not all(ended(pid) for pid in children):
    time.sleep(0.01)

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
with open(sys.argv[1], "w", buffering=1) as lines:
    print("children", *children, file=lines)
    signal.sigwait([signal.SIGUSR1])
    for pid in children:
        info = os.waitid(os.P_PID, pid, os.WEXITED)
        print("waited", info.si_uid, info.si_code, info.si_status, file=lines)
    print("done", file=lines)
