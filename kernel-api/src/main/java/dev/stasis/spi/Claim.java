package dev.stasis.spi;

import java.util.Objects;

/** A plugin's answer when it is offered an open file or a location: not mine, mine, or mine but it cannot be kept. */
public sealed interface Claim {

    /** How closely a claim fits; of several plugins the closest gets the file, and a tie is an error. */
    enum Fit {
        /** Takes what nobody else wants. */
        FALLBACK,
        /** Takes a type of file as a whole. */
        TYPE,
        /** Takes some files of a type, such as those of one device or one file system. */
        SPECIAL,
        /** Takes this very file. */
        EXACT
    }

    /** The plugin does not keep such files. */
    record None() implements Claim {
        private static final None NONE = new None();
    }

    /**
     * The plugin keeps the file.
     *
     * @param fit how closely
     * @param located whether the host must find its path again, through remaps if need be
     */
    record Taken(Fit fit, boolean located) implements Claim {
        public Taken {
            Objects.requireNonNull(fit);
        }
    }

    /**
     * The plugin knows the file and knows that it cannot be kept.
     *
     * @param fit how closely; a claim that fits more closely takes the file all the same
     * @param reason why, for people
     * @param help what would help, for people; may be empty
     */
    record Refused(Fit fit, String reason, String help) implements Claim {
        public Refused {
            Objects.requireNonNull(fit);
        }
    }

    /** Not mine. */
    static Claim none() {
        return None.NONE;
    }

    /** Mine; its path does not matter. */
    static Claim take(Fit fit) {
        return new Taken(fit, false);
    }

    /** Mine; its path must lead to it again. */
    static Claim takeLocated(Fit fit) {
        return new Taken(fit, true);
    }

    /** Mine, but it cannot be kept. */
    static Claim refuse(Fit fit, String reason, String help) {
        return new Refused(fit, reason, help);
    }
}
