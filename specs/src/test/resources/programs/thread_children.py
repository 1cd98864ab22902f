"""Two threads with a child each, which they wait for. Usage: thread_children.py LINES"""
import os
import sys
import threading
import time

lines = open(sys.argv[1], "w", buffering=1)
statuses = {}
here = threading.Barrier(3)


def parent(code):
    pid = os.fork()
    if pid == 0:
        time.sleep(1.5)
        os._exit(code)
    here.wait()
    statuses[code] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


threads = [threading.Thread(target=parent, args=(code,)) for code in (11, 12)]
for thread in threads:
    thread.start()
here.wait()
print("ready", file=lines)
for thread in threads:
    thread.join()
print("statuses", sorted(statuses.values()), file=lines)
time.sleep(1000)
