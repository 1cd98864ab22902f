package dev.stasis.plugins.ttys;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.Fd;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.tty.TerminalCalls;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;
import java.util.Optional;
import java.util.OptionalInt;

/** What an open file is of which terminal. */
sealed interface Role {
    /** The major number of the slaves of ptys; their minor number is the number of the pty. */
    int PTY_MAJOR = 136;
    int LAST_PTY_MAJOR = 143;
    int CONTROLLING_MAJOR = 5;

    /** The master of pty {@code index}. */
    record Master(int index) implements Role {}

    /** The slave of pty {@code index}, opened by its name or as /dev/tty. */
    record Slave(int index) implements Role {}

    /** A terminal that is no pty. */
    record Hardware(DeviceNumber device) implements Role {}

    /** The slave of a pty whose master was closed: all that it still does is to fail. */
    record HungUp() implements Role {}

    /** That of {@code file}; empty when it is no terminal. */
    static Optional<Role> of(OpenFile file, ClaimContext context) {
        if (file.status().type() != FileType.CHARACTER_DEVICE || file.flags().has(OpenFlags.PATH) || !file.hasDescriptor()) {
            return Optional.empty();
        }
        Fd terminal = context.descriptor(file);
        Optional<DeviceNumber> device = TerminalCalls.device(terminal);
        if (device.isEmpty()) {
            int major = file.status().represents().major();
            return major >= PTY_MAJOR && major <= LAST_PTY_MAJOR ? Optional.of(new HungUp()) : Optional.empty();
        }
        OptionalInt master = TerminalCalls.ptyNumber(terminal);
        if (master.isPresent()) {
            return Optional.of(new Master(master.getAsInt()));
        }
        return Optional.of(device.get().major() == PTY_MAJOR ? new Slave(device.get().minor()) : new Hardware(device.get()));
    }

    /** Whether {@code file} was opened as /dev/tty. */
    static boolean isControlling(OpenFile file) {
        return file.status().represents().equals(new DeviceNumber(CONTROLLING_MAJOR, 0));
    }
}
