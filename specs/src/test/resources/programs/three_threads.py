"""Three threads, each writing numbered lines to a file of its own: three_threads.py FOLDER. Ends well at SIGUSR1."""

import itertools
import os
import signal
import sys
import threading

folder = sys.argv[1]
stop = threading.Event()
signal.signal(signal.SIGUSR1, lambda number, frame: stop.set())
local = threading.local()
failures = []


def write_lines(number):
    local.value = number
    seen = {}
    with open(os.path.join(folder, f"lines-{number}"), "w", buffering=1) as lines:
        for line in itertools.count():
            lines.write(f"{line}\n")
            seen[line % 1000] = str(line) * 3
            if local.value != number or seen[line % 1000] != str(line) * 3:
                failures.append(f"thread {number}, line {line}")
            if stop.wait(0.002):
                return


threads = [threading.Thread(target=write_lines, args=(number,)) for number in (1, 2)]
for thread in threads:
    thread.start()
with open(os.path.join(folder, "verdict"), "w", buffering=1) as verdict:
    verdict.write("started\n")
    write_lines(0)
    for thread in threads:
        thread.join()
    verdict.write(f"failed: {failures}\n" if failures else "ok\n")
