"""Forked workers count in shared anonymous memory and check each other's sums. Usage: shared_workers.py LINES WORKERS"""
import mmap
import os
import signal
import struct
import sys
import time

WORKERS = int(sys.argv[2])
lines = open(sys.argv[1], "w", buffering=1)
shared = mmap.mmap(-1, 1 << 20)
private = bytearray(b"parent" * 1000)  # copy-on-write in all workers


def counter(worker):
    return struct.unpack_from("q", shared, worker * 4096)[0]


def work(worker):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(20 + worker if private == b"parent" * 1000 else 99))
    while True:
        struct.pack_into("q", shared, worker * 4096, counter(worker) + 1)
        time.sleep(0.002)


pids = []
for worker in range(WORKERS):
    pid = os.fork()
    if pid == 0:
        work(worker)
    pids.append(pid)
stop = []
signal.signal(signal.SIGUSR1, lambda *_: stop.append(True))
last = [0] * WORKERS
print("started", file=lines)
while not stop:
    now = [counter(worker) for worker in range(WORKERS)]
    if any(a < b for a, b in zip(now, last)):
        print("went back", last, now, file=lines)
    if all(a > b for a, b in zip(now, last)):
        print("all counted", file=lines)
        last = now
    time.sleep(0.01)
for pid in pids:
    os.kill(pid, signal.SIGTERM)
print("statuses", [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids], file=lines)
