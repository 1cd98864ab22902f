package dev.stasis.host.state;

/**
 * What a signal does, as the kernel's own {@code sigaction} structure holds it.
 *
 * @param signal its number, 1 to 64
 * @param handler address of the handler, 0 for the default, 1 to ignore
 * @param flags SA_*
 * @param restorer address of the return trampoline
 * @param mask signals blocked meanwhile
 */
public record SignalAction(int signal, long handler, long flags, long restorer, long mask) {}
