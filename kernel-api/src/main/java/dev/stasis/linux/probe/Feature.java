package dev.stasis.linux.probe;

import java.util.Objects;

/**
 * One thing that a kernel may or may not offer.
 *
 * @param name as the manual pages know it
 * @param present whether it is there
 * @param required whether nothing goes without it; otherwise something is lost or slower
 * @param purpose what it is needed for, continuing "needed to"
 * @param help where it comes from when it is missing
 */
public record Feature(String name, boolean present, boolean required, String purpose, String help) {
    public Feature {
        Objects.requireNonNull(name);
        Objects.requireNonNull(purpose);
        Objects.requireNonNull(help);
    }

    /** Whether its absence stands in the way of everything. */
    public boolean isMissingAndRequired() {
        return required && !present;
    }
}
