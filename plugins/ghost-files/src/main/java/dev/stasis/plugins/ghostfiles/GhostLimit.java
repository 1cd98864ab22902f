package dev.stasis.plugins.ghostfiles;

import dev.stasis.spi.Options;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;
import java.util.Optional;

/** The largest deleted file that is to be kept, for those who want a limit. Pure. */
final class GhostLimit {
    static final String OPTION = "ghost-limit";

    private static final String UNITS = "KMG";

    private GhostLimit() {}

    /** The limit in bytes; without the option there is none. */
    static long of(Options options) {
        Optional<String> value = options.value(OPTION);
        return value.isEmpty() ? Long.MAX_VALUE : parse(value.get());
    }

    private static long parse(String text) {
        int unit = text.isEmpty() ? -1 : UNITS.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        try {
            long number = Long.parseUnsignedLong(unit < 0 ? text : text.substring(0, text.length() - 1));
            return number < 0 ? Long.MAX_VALUE : Math.multiplyExact(number, 1L << (10 * (unit + 1)));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new StasisException(new Problem(GhostFilesErrorCode.OPTION_MALFORMED, "--" + OPTION + "=" + text,
                    "it is not a size", "give bytes, or a number with K, M or G behind it"), e);
        }
    }
}
