package dev.stasis.host.image;

import dev.stasis.host.image.proto.vma_entry;
import dev.stasis.host.state.Mapping;
import dev.stasis.host.state.Mapping.Kind;
import dev.stasis.linux.RemoteAddress;
import dev.stasis.spi.OpenFileId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** One mapping in the reference's terms, with all of the kernel's flags beside them. */
final class MappingCodec {
    private static final int REGULAR = 1;
    private static final int VSYSCALL = 1 << 2;
    private static final int VDSO = 1 << 3;
    private static final int FILE_PRIVATE = 1 << 6;
    private static final int FILE_SHARED = 1 << 7;
    private static final int ANON_SHARED = 1 << 8;
    private static final int ANON_PRIVATE = 1 << 9;
    private static final int SYSTEM_V = 1 << 10;
    private static final int VVAR = 1 << 12;

    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_GROWSDOWN = 0x100;
    private static final int MAP_LOCKED = 0x2000;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int READ_WRITE = 2;

    private static final String[] ADVICE_FLAGS = {"rr", "sr", "dc", "mg", "hg", "nh", "dd", "wf"};
    private static final int[] ADVICE = {1, 2, 10, 12, 14, 15, 16, 18};

    private MappingCodec() {}

    /** {@code mapping} as a message. */
    static vma_entry write(Mapping mapping) {
        vma_entry.Builder entry = vma_entry.newBuilder()
                .setStart(mapping.start().value())
                .setEnd(mapping.end().value())
                .setPgoff(mapping.offset())
                .setShmid(object(mapping))
                .setProt(mapping.protection())
                .setFlags(flags(mapping))
                .setStatus(status(mapping.kind()))
                .setFd(-1)
                .setMadv(advice(mapping))
                .setStasisFlags(flagNames(mapping.flags()));
        if (!mapping.policy().isDefault()) {
            entry.setStasisMemoryPolicy(PolicyCodec.write(mapping.policy()));
        }
        if (mapping.file() != null) {
            entry.setFdflags(mapping.fileWritable() ? READ_WRITE : 0);
        }
        return mapping.kind() == Kind.VVAR_VCLOCK ? entry.setStasisVvarVclock(true).build() : entry.build();
    }

    private static long object(Mapping mapping) {
        return mapping.file() == null ? mapping.sharedObject() : mapping.file().number();
    }

    private static int status(Kind kind) {
        return switch (kind) {
            case PRIVATE_ANONYMOUS -> REGULAR | ANON_PRIVATE;
            case SHARED_ANONYMOUS -> REGULAR | ANON_SHARED;
            case SYSTEM_V -> REGULAR | SYSTEM_V;
            case PRIVATE_FILE -> REGULAR | FILE_PRIVATE;
            case SHARED_FILE -> REGULAR | FILE_SHARED;
            case VDSO -> REGULAR | VDSO | ANON_PRIVATE;
            case VVAR, VVAR_VCLOCK -> REGULAR | VVAR | ANON_PRIVATE;
            case VSYSCALL -> VSYSCALL | ANON_PRIVATE;
        };
    }

    private static int flags(Mapping mapping) {
        boolean shared = mapping.kind() == Kind.SHARED_ANONYMOUS || mapping.kind() == Kind.SHARED_FILE
                || mapping.kind() == Kind.SYSTEM_V;
        boolean ofFile = mapping.kind() == Kind.PRIVATE_FILE || mapping.kind() == Kind.SHARED_FILE;
        return (shared ? MAP_SHARED : MAP_PRIVATE)
                | (ofFile ? 0 : MAP_ANONYMOUS)
                | (mapping.has("gd") ? MAP_GROWSDOWN : 0)
                | (mapping.has("lo") ? MAP_LOCKED : 0)
                | (mapping.has("nr") ? MAP_NORESERVE : 0);
    }

    private static long advice(Mapping mapping) {
        long advice = 0;
        for (int i = 0; i < ADVICE.length; i++) {
            if (mapping.has(ADVICE_FLAGS[i])) {
                advice |= 1L << ADVICE[i];
            }
        }
        return advice;
    }

    private static String flagNames(Set<String> flags) {
        String[] names = flags.toArray(new String[0]);
        Arrays.sort(names);
        StringBuilder text = new StringBuilder(2 * names.length);
        for (String name : names) {
            text.append(name);
        }
        return text.toString();
    }

    /** The mapping that {@code entry} tells of. */
    static Mapping read(vma_entry entry) {
        Kind kind = kind(entry);
        boolean ofFile = kind == Kind.PRIVATE_FILE || kind == Kind.SHARED_FILE;
        MalformedImage.unless(Long.compareUnsigned(entry.getStart(), entry.getEnd()) < 0
                && ((entry.getStart() | entry.getEnd()) & 0xfff) == 0, "it has a mapping with impossible bounds");
        MalformedImage.unless((entry.getProt() & ~7) == 0, "it has a mapping with an unknown protection");
        OpenFileId file = ofFile && entry.getShmid() != 0 ? FileCodec.id(entry.getShmid()) : null;
        return new Mapping(new RemoteAddress(entry.getStart()), new RemoteAddress(entry.getEnd()), entry.getProt(), kind, file,
                entry.getFdflags() == READ_WRITE, entry.getPgoff(), ofFile ? 0 : entry.getShmid(),
                flagNames(entry.getStasisFlags()), PolicyCodec.read(entry.getStasisMemoryPolicy()));
    }

    private static Kind kind(vma_entry entry) {
        int status = entry.getStatus();
        if (entry.getStasisVvarVclock()) {
            return Kind.VVAR_VCLOCK;
        }
        if ((status & (VVAR | VDSO | VSYSCALL)) != 0) {
            return (status & VVAR) != 0 ? Kind.VVAR : (status & VDSO) != 0 ? Kind.VDSO : Kind.VSYSCALL;
        }
        return switch (status & (FILE_PRIVATE | FILE_SHARED | ANON_SHARED | ANON_PRIVATE | SYSTEM_V)) {
            case SYSTEM_V -> Kind.SYSTEM_V;
            case FILE_PRIVATE -> Kind.PRIVATE_FILE;
            case FILE_SHARED -> Kind.SHARED_FILE;
            case ANON_SHARED -> Kind.SHARED_ANONYMOUS;
            case ANON_PRIVATE -> Kind.PRIVATE_ANONYMOUS;
            default -> throw new MalformedImage("it has a mapping of an unknown kind, 0x" + Integer.toHexString(status));
        };
    }

    private static Set<String> flagNames(String text) {
        MalformedImage.unless(text.length() % 2 == 0, "it has a mapping with a broken flag");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < text.length(); i += 2) {
            names.add(text.substring(i, i + 2));
        }
        return names;
    }
}
