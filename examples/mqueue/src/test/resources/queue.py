"""A worker on a message queue, with nothing but the C library: python3 queue.py NAME RESULT
Puts messages into the queue, waits until the file RESULT.go is there, then takes all of them out and writes them to RESULT."""
import ctypes
import os
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.mq_receive.restype = ctypes.c_ssize_t


class Attributes(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_long), ("most_messages", ctypes.c_long), ("most_bytes", ctypes.c_long),
                ("messages", ctypes.c_long), ("reserved", ctypes.c_long * 4)]


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


name, result = sys.argv[1].encode(), sys.argv[2]
room = Attributes(0, 8, 128, 0)
queue = checked(libc.mq_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600, ctypes.byref(room)))
for number, priority in enumerate([1, 5, 1, 31, 0]):
    text = b"message %d" % number
    checked(libc.mq_send(queue, text, len(text), priority))
if "unlink" in sys.argv[3:]:
    checked(libc.mq_unlink(name))
if "notify" in sys.argv[3:]:
    taker = ctypes.create_string_buffer(128)
    while libc.mq_getattr(queue, ctypes.byref(room)) == 0 and room.messages:
        checked(libc.mq_receive(queue, taker, 128, None))
    event = (ctypes.c_char * 64)()
    ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[3] = 1  # SIGEV_NONE
    checked(libc.mq_notify(queue, event))
open(result + ".ready", "w").close()
while not os.path.exists(result + ".go"):
    time.sleep(0.01)
buffer, priority = ctypes.create_string_buffer(128), ctypes.c_uint()
with open(result + ".part", "w") as out:
    while libc.mq_getattr(queue, ctypes.byref(room)) == 0 and room.messages:
        length = checked(libc.mq_receive(queue, buffer, 128, ctypes.byref(priority)))
        print(priority.value, buffer.raw[:length].decode(), file=out)
libc.mq_unlink(name)
os.rename(result + ".part", result)
