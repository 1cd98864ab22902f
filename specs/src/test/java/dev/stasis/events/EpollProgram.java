package dev.stasis.events;

/** The beginning of python programs that use epoll as the kernel has it, with all 64 bits of data. */
final class EpollProgram {
    static final String PRELUDE = """
            IN, PRI, OUT, ERR, HUP, RDHUP = 1, 2, 4, 8, 0x10, 0x2000
            EXCLUSIVE, WAKEUP, ONESHOT, EDGE = 1 << 28, 1 << 29, 1 << 30, 1 << 31
            def instance(): return libc.epoll_create1(0)
            def control(ep, operation, fd, events, data):
                event = ctypes.create_string_buffer(struct.pack('<IQ', events, data), 12)
                if libc.epoll_ctl(ep, operation, fd, event) != 0:
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            def add(ep, fd, events, data=None): control(ep, 1, fd, events, fd if data is None else data)
            def remove(ep, fd): control(ep, 2, fd, 0, 0)
            def change(ep, fd, events, data=None): control(ep, 3, fd, events, fd if data is None else data)
            def wait(ep, milliseconds=0):
                room = ctypes.create_string_buffer(12 * 4096)
                count = libc.epoll_wait(ep, room, 4096, milliseconds)
                if count < 0: return os.strerror(ctypes.get_errno())
                got = [struct.unpack_from('<IQ', room, 12 * i) for i in range(count)]
                return sorted((data, events) for events, data in got)
            def items(ep):
                lines = open('/proc/self/fdinfo/%d' % ep).read().split('\\n')
                return sorted(line.split(' pos:')[0] for line in lines if line.startswith('tfd:'))
            """;

    private EpollProgram() {}
}
