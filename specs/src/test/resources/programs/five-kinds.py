"""Holds all kinds of open files that lose something when carelessly kept, and tells at the end what came of them.

In the current directory: watched/ (empty), mount/ (a mount with in/file, which somebody unmounts lazily when told so by the
file "holding"). Waits for the file "detached", touches all it holds, makes the file "ready", waits for "go", reads all.
"""
import ctypes
import os
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
top = os.getcwd()


def wait_for(name):
    while not os.path.exists(os.path.join(top, name)):
        time.sleep(0.02)


def touch(name):
    os.close(os.open(os.path.join(top, name), os.O_CREAT | os.O_WRONLY))


def watch(instance, path):
    wd = libc.inotify_add_watch(instance, path.encode(), 0xFFF)
    assert wd > 0, os.strerror(ctypes.get_errno())


def events(instance):
    """All that wait, the cookie of a rename only as whether it is there."""
    try:
        buffer = os.read(instance, 1 << 16)
    except BlockingIOError:
        return
    while buffer:
        wd, mask, cookie, length = struct.unpack_from("iIII", buffer)
        name = buffer[16:16 + length].rstrip(b"\0").decode()
        print(f"event wd {wd} mask {mask:#x} {'pair ' if cookie else ''}{name}")
        buffer = buffer[16 + length:]


# Ghosts in a watched directory, with events that nobody has read.
ghosts = {name: os.open("watched/" + name, os.O_CREAT | os.O_RDWR) for name in ("a", "b")}
queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
for path in ("watched", "watched/a", "watched/b"):
    watch(queue, path)
os.write(ghosts["a"], b"the ghost of a")
os.unlink("watched/a")
os.rename("watched/b", "watched/c")
os.unlink("watched/c")

# A pipe with packets.
packets = os.pipe2(os.O_DIRECT | os.O_NONBLOCK)
for packet in (b"one", b"two", b"three"):
    os.write(packets[1], packet)

# A file, a current directory and a watch below a mount that is about to be detached.
detached = os.open("mount/in/file", os.O_RDWR)
os.chdir("mount/in")
below = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
watch(below, ".")
touch("holding")
wait_for("detached")
os.write(detached, b"0123456789")
os.lseek(detached, 4, os.SEEK_SET)
with open("fresh", "w") as fresh:
    fresh.write("made on a detached mount")
print("holding", flush=True)
touch("ready")

wait_for("go")
events(queue)
os.write(ghosts["b"], b"the ghost of b, written to late")
for name, fd in ghosts.items():
    print(name, os.readlink(f"/proc/self/fd/{fd}").replace(top, "TOP"), os.fstat(fd).st_nlink, os.pread(fd, 100, 0))
events(queue)
for _ in range(3):
    print("packet", os.read(packets[0], 100))
events(below)
print("detached", os.read(detached, 100), os.readlink(f"/proc/self/fd/{detached}"), os.readlink("/proc/self/cwd"))
print("listed", sorted(os.listdir(".")), sorted(os.listdir("..")), sorted(os.listdir("../..")))
with open("fresh") as fresh:
    print(fresh.read())
os.unlink("fresh")
events(below)
