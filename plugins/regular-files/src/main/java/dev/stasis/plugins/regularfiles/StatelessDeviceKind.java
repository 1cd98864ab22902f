package dev.stasis.plugins.regularfiles;

import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.fs.AccessMode;
import dev.stasis.linux.fs.FileType;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.OpenFile;

/** Character devices that hold nothing for whoever opened them, known by their number, whatever the node is called. */
final class StatelessDeviceKind extends ReopenedKind {

    @Override
    public String name() {
        return "stateless-device";
    }

    @Override
    public Claim claim(OpenFile file, ClaimContext context) {
        boolean mine = file.status().type() == FileType.CHARACTER_DEVICE && file.flags().accessMode() != AccessMode.PATH
                && isStateless(file.status().represents());
        return mine ? Claim.takeLocated(Claim.Fit.SPECIAL) : Claim.none();
    }

    private static boolean isStateless(DeviceNumber device) {
        return device.major() == 1 && switch (device.minor()) {
            case 3, 5, 7, 8, 9 -> true; // null, zero, full, random, urandom
            default -> false;
        };
    }
}
