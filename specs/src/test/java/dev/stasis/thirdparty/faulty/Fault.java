package dev.stasis.thirdparty.faulty;

import dev.stasis.linux.Errno;
import dev.stasis.linux.KernelException;
import dev.stasis.spi.Options;
import java.util.function.Supplier;

/** What goes wrong where. */
public final class Fault {
    /** The option that says so: a point and {@code throw}, {@code null}, {@code errno} or {@code error}, with a colon between. */
    public static final String OPTION = "faulty-at";

    private Fault() {}

    /** What {@code otherwise} gives, if nothing is to go wrong at {@code point}. */
    static <T> T at(String point, Options options, Supplier<T> otherwise) {
        String value = options.value(OPTION).orElse(":");
        if (!value.startsWith(point + ":")) {
            return otherwise.get();
        }
        switch (value.substring(point.length() + 1)) {
            case "null":
                return null;
            case "errno":
                throw new KernelException("open", "/no/where", Errno.EIO);
            case "error":
                throw new NoClassDefFoundError("org/example/Missing");
            default:
                throw new IllegalStateException("no mood");
        }
    }
}
