"""Holds ptys in all kinds of states; on SIGUSR1 tells what they are like, and what was on its way through them."""
import fcntl, os, select, signal, struct, sys, termios, time, tty

TIOCSPTLCK, TIOCGPTLCK, TIOCGPKT, TIOCGEXCL, TIOCGPTN = 0x40045431, 0x80045439, 0x80045438, 0x80045440, 0x80045430


def number(fd, request):
    return struct.unpack("i", fcntl.ioctl(fd, request, b"\0\0\0\0"))[0]


def new_pty():
    master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(master, TIOCSPTLCK, struct.pack("i", 0))
    return master, os.open("/dev/pts/%d" % number(master, TIOCGPTN), os.O_RDWR | os.O_NOCTTY)


def later():
    time.sleep(0.1)  # the kernel moves input on in a thread of its own


raw_master, raw_slave = new_pty()
tty.setraw(raw_slave)
settings = termios.tcgetattr(raw_slave)
settings[6][termios.VMIN], settings[6][termios.VTIME] = 5, 3
termios.tcsetattr(raw_slave, termios.TCSANOW, settings)
fcntl.ioctl(raw_slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 5, 6))
fcntl.ioctl(raw_master, termios.TIOCPKT, struct.pack("i", 1))
os.fchmod(raw_slave, 0o640)
os.write(raw_master, b"\x03\x04\0typed\r")
os.write(raw_slave, b"shown\n\0\xff")

line_master, line_slave = new_pty()
os.write(line_master, b"one line\nend of file\x04\x04a tab\tand \x16\x04 quoted\nunfinished \xc3")
fcntl.ioctl(line_slave, termios.TIOCEXCL)
later()
echo = os.read(line_master, 1000)

locked_master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
closed_master, slave = new_pty()
os.close(slave)
master, orphan_slave = new_pty()
os.close(master)
read_only = os.open("/dev/pts/%d" % number(raw_master, TIOCGPTN), os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)


def available(fd):
    return os.read(fd, 1000) if select.select([fd], [], [], 0)[0] else None


def failing(call, *arguments):
    try:
        return call(*arguments)
    except OSError as e:
        return e.strerror


def tell():
    print("raw", termios.tcgetattr(raw_slave), fcntl.ioctl(raw_master, termios.TIOCGWINSZ, b"\0" * 8), number(raw_master, TIOCGPKT),
          oct(os.fstat(raw_slave).st_mode), os.ttyname(raw_slave), os.ttyname(read_only), fcntl.fcntl(read_only, fcntl.F_GETFL))
    print("raw data", available(raw_master), os.read(raw_slave, 1000), available(raw_master))
    print("line", termios.tcgetattr(line_slave), number(line_slave, TIOCGEXCL), os.ttyname(line_slave))
    lines = [os.read(line_slave, 1000) for _ in range(4)]
    rest = select.select([line_slave], [], [], 0)[0]
    os.write(line_master, b"\x15erased, so this comes\n")
    print("line data", lines, rest, os.read(line_slave, 1000))
    print("locked", number(locked_master, TIOCGPTLCK), failing(os.open, "/dev/pts/%d" % number(locked_master, TIOCGPTN), os.O_RDWR))
    print("closed", failing(os.read, closed_master, 1), "hung up", failing(os.read, orphan_slave, 1), failing(os.write, orphan_slave, b"x"))


if sys.argv[1:] == ["now"]:
    tell()
else:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    print("ready", flush=True)
    signal.sigwait({signal.SIGUSR1})
    tell()
