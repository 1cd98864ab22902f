package dev.stasis.host.task.read;

import dev.stasis.spi.ErrorCode;
import dev.stasis.spi.ErrorType;

/** What a process may have that cannot be kept. */
public enum GuardError implements ErrorCode {
    COMPAT_TASK,
    NESTED_NAMESPACE,
    SECCOMP,
    SHARED_ADDRESS_SPACE,
    SHARED_OBJECT,
    SEVERAL_CONTROL_GROUPS,
    UNSHARED_THREAD,
    SYSCALL_USER_DISPATCH,
    SYSTEM_V_MEMORY,
    HUGETLB_MEMORY,
    IO_URING,
    ASYNCHRONOUS_IO,
    USERFAULTFD,
    SHADOW_STACK,
    SECRET_MEMORY,
    DEVICE_MEMORY,
    THREAD_TIMER,
    CHILD_OF_THREAD,
    PROTECTION_KEY,
    LOCAL_DESCRIPTOR_TABLE,
    EXTENDED_FEATURES,
    KEYRING,
    SEMAPHORE_UNDO,
    FOREIGN_SESSION,
    SHARED_WITH_OUTSIDER;

    @Override
    public ErrorType type() {
        return ErrorType.UNSUPPORTED;
    }
}
