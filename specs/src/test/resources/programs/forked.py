# A parent with much memory and children that were forked from it: one leaves all as it is, one changes some of it and has some
# more, one has lost some and has a child itself. Each checks on SIGUSR1 that it has what it should have. The sizes are in KiB.
import ctypes, mmap, os, signal, sys

size, lines = int(sys.argv[1]) << 10, open(sys.argv[2], 'a', buffering=1)
libc = ctypes.CDLL(None, use_errno=True)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])


def page(seed, number):
    return number.to_bytes(8, 'little') + bytes([seed]) * 4088 if seed else bytes(4096)


pages = size // 4096
seeds = bytearray(b'\1') * pages  # what each page should hold
memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
place = ctypes.addressof(ctypes.c_char.from_buffer(memory))


def fill(seed, first, last):
    for number in range(first, last):
        memory[4096 * number:4096 * number + 4096] = page(seed, number)
        seeds[number] = seed


def check(name):
    signal.sigwait([signal.SIGUSR1])
    ok = all(memory[4096 * number:4096 * number + 4096] == page(seeds[number], number) for number in range(pages))
    memory[0:4096] = bytes(4096)  # nobody else sees that
    print(name, 'sound' if ok else 'BROKEN', file=lines)


def child(name, change):
    pid = os.fork()
    if pid == 0:
        change()
        print(name, 'ready', file=lines)
        check(name)
        os._exit(0)
    return pid


def nothing():
    pass


def some():
    global more
    fill(2, pages // 4, pages // 2)
    more = [bytearray(b'more') * 1000 for _ in range(500)]  # the heap grows


def lost():
    assert libc.madvise(ctypes.c_void_p(place + size // 2), ctypes.c_long(size // 4), 4) == 0
    for number in range(pages // 2, pages // 2 + pages // 4):
        seeds[number] = 0
    child('grandchild', nothing)


fill(1, 0, pages)
if sys.argv[3:] == ['locked']:
    assert libc.mlock(ctypes.c_void_p(place), ctypes.c_long(size)) == 0
children = [child('same', nothing), child('changed', some), child('lost', lost)]
if sys.argv[3:] == ['another']:  # one that runs another program, between those that share
    children.append(os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '1000'))
print('parent ready', file=lines)
check('parent')
for pid in children[:3]:
    os.waitpid(pid, 0)
