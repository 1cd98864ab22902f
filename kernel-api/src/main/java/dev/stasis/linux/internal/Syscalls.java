package dev.stasis.linux.internal;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import java.util.Arrays;

/**
 * The one door to the kernel: libc's {@code syscall} and the few libc functions that have no call of their own, through
 * jffi's raw invoker, which loads in half the time of a jnr-ffi interface.
 *
 * <p>Each call returns what the kernel itself would: zero or more, or the negative errno. Thread-safe.
 */
public final class Syscalls {
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final Library LIBC = Library.getCachedInstance("libc.so.6", Library.LAZY | Library.GLOBAL);
    private static final long SYSCALL = symbol("syscall");
    private static final CallContext LONGS_1 = longs(1);
    private static final CallContext LONGS_2 = longs(2);
    private static final CallContext LONGS_3 = longs(3);
    private static final CallContext LONGS_4 = longs(4);
    private static final CallContext LONGS_5 = longs(5);
    private static final CallContext LONGS_6 = longs(6);
    private static final CallContext LONGS_7 = longs(7);

    private Syscalls() {}

    public static long call0(int number) {
        return result(INVOKER.invokeN1(LONGS_1, SYSCALL, number));
    }

    public static long call1(int number, long a) {
        return result(INVOKER.invokeN2(LONGS_2, SYSCALL, number, a));
    }

    public static long call2(int number, long a, long b) {
        return result(INVOKER.invokeN3(LONGS_3, SYSCALL, number, a, b));
    }

    public static long call3(int number, long a, long b, long c) {
        return result(INVOKER.invokeN4(LONGS_4, SYSCALL, number, a, b, c));
    }

    public static long call4(int number, long a, long b, long c, long d) {
        return result(INVOKER.invokeN5(LONGS_5, SYSCALL, number, a, b, c, d));
    }

    public static long call5(int number, long a, long b, long c, long d, long e) {
        return result(INVOKER.invokeN6(LONGS_6, SYSCALL, number, a, b, c, d, e));
    }

    /** Six arguments make seven with the number, more than the fast path takes: this one costs twice as much. */
    public static long call6(int number, long a, long b, long c, long d, long e, long f) {
        HeapInvocationBuffer arguments = new HeapInvocationBuffer(LONGS_7);
        arguments.putLong(number);
        arguments.putLong(a);
        arguments.putLong(b);
        arguments.putLong(c);
        arguments.putLong(d);
        arguments.putLong(e);
        arguments.putLong(f);
        return result(INVOKER.invokeLong(LONGS_7, SYSCALL, arguments));
    }

    /** Calls the libc function at {@code function} (see {@link #symbol}) as is: no errno handling, six longs at most. */
    public static long libc6(long function, long a, long b, long c, long d, long e, long f) {
        return INVOKER.invokeN6(LONGS_6, function, a, b, c, d, e, f);
    }

    /** The address of libc's {@code name}; throws {@link UnsatisfiedLinkError} when it has none. */
    public static long symbol(String name) {
        long address = LIBC == null ? 0 : LIBC.getSymbolAddress(name);
        if (address == 0) {
            throw new UnsatisfiedLinkError("libc.so.6 has no symbol " + name);
        }
        return address;
    }

    /** Returns {@code result}, or throws the {@link KernelException} that its negative errno says. */
    public static long check(String call, Object subject, long result) {
        if (result < 0) {
            throw new KernelException(call, subject, new Errno((int) -result));
        }
        return result;
    }

    private static long result(long returned) {
        return returned == -1 ? -LastError.getInstance().get() : returned;
    }

    private static CallContext longs(int count) {
        Type[] parameters = new Type[count];
        Arrays.fill(parameters, Type.SINT64);
        return CallContext.getCallContext(Type.SINT64, parameters, CallingConvention.DEFAULT, true);
    }
}
