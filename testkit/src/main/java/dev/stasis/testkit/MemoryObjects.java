package dev.stasis.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Objects that exist only in memory (memfds, shared anonymous memory): the kernel numbers them as it likes, so each is called
 * by the order in which it first appears. Which mappings and descriptors are of the same object still shows.
 */
final class MemoryObjects {
    private static final Pattern MAPPING = Pattern.compile("(\\S+ \\S+ \\S+ )(\\d+)\\s+(/(?:memfd:.*|dev/zero|SYSV\\S*) \\(deleted\\))");
    private static final Pattern DESCRIPTOR = Pattern.compile("(?m)^(ino:\\t)(\\d+)$");

    private final Map<String, String> names = new HashMap<>();

    private String name(String inode) {
        if (!names.containsKey(inode)) {
            names.put(inode, "object " + (names.size() + 1));
        }
        return names.get(inode);
    }

    /** The line of a mapping with the inode, and the padding that depends on its length, replaced where it is one of these. */
    String inMapping(String line) {
        Matcher matcher = MAPPING.matcher(line);
        return matcher.matches() ? matcher.group(1) + name(matcher.group(2)) + " " + matcher.group(3) : line;
    }

    /** The fdinfo of a descriptor that leads to {@code target}, likewise. */
    String inDescriptor(String target, String info) {
        Matcher matcher = DESCRIPTOR.matcher(info);
        return target.startsWith("/memfd:") && matcher.find()
                ? info.substring(0, matcher.start(2)) + name(matcher.group(2)) + info.substring(matcher.end(2))
                : info;
    }
}
