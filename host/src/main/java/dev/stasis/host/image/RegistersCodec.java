package dev.stasis.host.image;

import dev.stasis.host.image.proto.user_x86_regs_entry;
import dev.stasis.linux.ptrace.Registers;
import dev.stasis.linux.ptrace.Registers.Name;

/** General registers. */
final class RegistersCodec {

    private RegistersCodec() {}

    /** {@code registers} as a message. */
    static user_x86_regs_entry write(Registers registers) {
        user_x86_regs_entry.Builder entry = user_x86_regs_entry.newBuilder();
        general(registers, entry);
        return entry.setIp(registers.get(Name.RIP))
                .setCs(registers.get(Name.CS))
                .setFlags(registers.get(Name.EFLAGS))
                .setSp(registers.get(Name.RSP))
                .setSs(registers.get(Name.SS))
                .setFsBase(registers.get(Name.FS_BASE))
                .setGsBase(registers.get(Name.GS_BASE))
                .setDs(registers.get(Name.DS))
                .setEs(registers.get(Name.ES))
                .setFs(registers.get(Name.FS))
                .setGs(registers.get(Name.GS))
                .setMode(1)
                .build();
    }

    private static void general(Registers registers, user_x86_regs_entry.Builder entry) {
        entry.setR15(registers.get(Name.R15))
                .setR14(registers.get(Name.R14))
                .setR13(registers.get(Name.R13))
                .setR12(registers.get(Name.R12))
                .setBp(registers.get(Name.RBP))
                .setBx(registers.get(Name.RBX))
                .setR11(registers.get(Name.R11))
                .setR10(registers.get(Name.R10))
                .setR9(registers.get(Name.R9))
                .setR8(registers.get(Name.R8))
                .setAx(registers.get(Name.RAX))
                .setCx(registers.get(Name.RCX))
                .setDx(registers.get(Name.RDX))
                .setSi(registers.get(Name.RSI))
                .setDi(registers.get(Name.RDI))
                .setOrigAx(registers.get(Name.ORIG_RAX));
    }

    /** The registers that {@code entry} tells of, whose fields stand in the kernel's own order. */
    static Registers read(user_x86_regs_entry entry) {
        MalformedImage.unless(entry.getMode() == 1, "it is of a 32-bit task");
        return Registers.of(
                entry.getR15(), entry.getR14(), entry.getR13(), entry.getR12(), entry.getBp(), entry.getBx(), entry.getR11(),
                entry.getR10(), entry.getR9(), entry.getR8(), entry.getAx(), entry.getCx(), entry.getDx(), entry.getSi(),
                entry.getDi(), entry.getOrigAx(), entry.getIp(), entry.getCs(), entry.getFlags(), entry.getSp(), entry.getSs(),
                entry.getFsBase(), entry.getGsBase(), entry.getDs(), entry.getEs(), entry.getFs(), entry.getGs());
    }
}
