package dev.stasis.spi;

import java.util.Objects;

/**
 * One thing that stands in the way of a dump or a restore.
 *
 * @param code its stable name
 * @param subject what it is about: a task, a descriptor, a path, an image file
 * @param reason why, with the errno's name where there is one
 * @param help what to do about it; may be empty
 */
public record Problem(ErrorCode code, String subject, String reason, String help) {
    public Problem {
        Objects.requireNonNull(code);
        Objects.requireNonNull(subject);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(help);
    }

    @Override
    public String toString() {
        return subject + ": " + reason + (help.isEmpty() ? "" : " (" + help + ")");
    }
}
