package dev.stasis.spi;

import java.util.List;
import java.util.Objects;

/**
 * An option of the command line that a plugin understands, given as {@code --name} or {@code --name=value}.
 *
 * @param name without the dashes
 * @param valueLabel what stands for its value in help texts, empty for an option without one. Words in small letters with
 *     {@code |} between them, such as {@code refuse|drop}, are all the values that there are: the command line takes no others
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

    /** All the values that there are; none where the label does not say it. */
    public List<String> choices() {
        if (valueLabel.indexOf('|') < 0) {
            return List.of();
        }
        for (int i = 0; i < valueLabel.length(); i++) {
            char letter = valueLabel.charAt(i);
            if ((letter < 'a' || letter > 'z') && letter != '-' && letter != '|') {
                return List.of();
            }
        }
        return List.of(valueLabel.split("\\|"));
    }
}
