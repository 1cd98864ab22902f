"""A terminal: runs a program under a pty; what comes to be in the file "keys" is typed, the file "screen" gets the output."""
import fcntl, os, pty, select, struct, sys, termios

os.environ.update(TERM="xterm", PS1="$ ")
for name in ("LESS", "LESSOPEN", "VIMINIT", "ENV", "BASH_ENV", "PROMPT_COMMAND"):
    os.environ.pop(name, None)
child, master = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
keys, screen = open("keys", "rb", buffering=0), open("screen", "ab", buffering=0)
while True:
    if select.select([master], [], [], 0.02)[0]:
        try:
            output = os.read(master, 65536)
        except OSError:
            break
        screen.write(output)
    os.write(master, keys.read(1000) or b"")
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
