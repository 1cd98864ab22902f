# A 32-bit program that waits for signals.
.globl _start
_start:
    movl $29, %eax
    int $0x80
    jmp _start
