package dev.stasis.spi;

import java.util.Objects;

/**
 * An option of the command line that a plugin understands, given as {@code --name} or {@code --name=value}.
 *
 * @param name without the dashes
 * @param valueLabel what stands for its value in help texts, empty for an option without one
 * @param description one sentence
 */
public record PluginOption(String name, String valueLabel, String description) {
    public PluginOption {
        Objects.requireNonNull(name);
        Objects.requireNonNull(valueLabel);
        Objects.requireNonNull(description);
    }

    /** Whether it needs a value. */
    public boolean takesValue() {
        return !valueLabel.isEmpty();
    }
}
