"""A tree that never rests: workers count into pipes, from threads and processes, and the root checks that no number is lost."""
import os, signal, struct, sys, threading, time

lines = open("lines", "a", buffering=1)
WORKERS = 4


def work(number, out):
    """Counts; every so often through a child that dies at once, or with a pause."""
    count = 0
    while True:
        count += 1
        if count % 50 == 0:
            child = os.fork()
            if child == 0:
                os._exit(count % 256)
            status = os.waitpid(child, 0)[1]
            if os.waitstatus_to_exitcode(status) != count % 256:
                os.write(out, struct.pack("ii", number, -1))
        if count % 30 == 0:
            time.sleep(0.001)
        os.write(out, struct.pack("ii", number, count))


reader, writer = os.pipe()
for i in range(WORKERS):
    if os.fork() == 0:
        os.close(reader)
        if i % 2:
            os.setpgid(0, 0)
        work(i, writer)
threading.Thread(target=work, args=(WORKERS, writer), daemon=True).start()
seen, total = [0] * (WORKERS + 1), 0
while True:
    number, count = struct.unpack("ii", os.read(reader, 8))
    if count != seen[number] + 1:
        lines.write("BAD: %d after %d from %d\n" % (count, seen[number], number))
        break
    seen[number], total = count, total + 1
    if total % 500 == 0:
        lines.write("good %d\n" % total)
