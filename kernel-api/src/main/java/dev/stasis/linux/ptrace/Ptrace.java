package dev.stasis.linux.ptrace;

import dev.stasis.linux.Pid;
import dev.stasis.linux.SyscallNumber;
import dev.stasis.linux.internal.Syscalls;

/** The raw requests of ptrace(2). */
final class Ptrace {
    static final int CONT = 7;
    static final int SINGLESTEP = 9;
    static final int GETREGS = 12;
    static final int SETREGS = 13;
    static final int DETACH = 17;
    static final int SYSCALL = 24;
    static final int GET_THREAD_AREA = 25;
    static final int SETOPTIONS = 0x4200;
    static final int GETEVENTMSG = 0x4201;
    static final int GETREGSET = 0x4204;
    static final int SETREGSET = 0x4205;
    static final int SEIZE = 0x4206;
    static final int INTERRUPT = 0x4207;
    static final int LISTEN = 0x4208;
    static final int PEEKSIGINFO = 0x4209;
    static final int GETSIGMASK = 0x420a;
    static final int SETSIGMASK = 0x420b;
    static final int SECCOMP_GET_FILTER = 0x420c;
    static final int SECCOMP_GET_METADATA = 0x420d;
    static final int GET_RSEQ_CONFIGURATION = 0x420f;
    static final int GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211;

    private Ptrace() {}

    static long request(int request, Pid tid, long address, long data) {
        return Syscalls.call4(SyscallNumber.PTRACE, request, tid.number(), address, data);
    }
}
