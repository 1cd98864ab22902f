# A parent and a child on System V shared memory: two segments, one with a key, one that is to go with the last who has it.
import ctypes, os, signal, struct, sys, time

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def attach(segment, flags=0):
    address = libc.shmat(segment, None, flags)
    assert address != ctypes.c_void_p(-1).value, os.strerror(ctypes.get_errno())
    return (ctypes.c_char * 10000).from_address(address)


key, lines = int(sys.argv[1]), open(sys.argv[2], 'a', buffering=1)
named = libc.shmget(key, 10000, 0o1640)
private = libc.shmget(0, 10000, 0o1600)
assert named >= 0 and private >= 0
one, again, other = attach(named), attach(named, 0o10000), attach(private)
assert libc.shmctl(private, 0, None) == 0
one[0:5], other[9000:9007] = b'named', b'private'
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
if os.fork() == 0:
    while one[100:101] != b'!':
        time.sleep(0.01)
    other[0:4] = b'seen'
    os._exit(0)
print('ready', named, private, ctypes.addressof(one), file=lines)
signal.sigwait([signal.SIGUSR1])
assert again[0:5] == b'named' and other[9000:9007] == b'private' and other[8192:8193] == b'\0'
one[100:101] = b'!'
assert os.wait()[1] == 0 and other[0:4] == b'seen'
status = ctypes.create_string_buffer(112)
assert libc.shmctl(named, 2, status) == 0
fields = struct.unpack('6i', status.raw[:24])
print('key', fields[0] == key, 'mode %o' % fields[5], 'attached', struct.unpack('q', status.raw[88:96])[0], file=lines)
libc.shmctl(named, 0, None)
