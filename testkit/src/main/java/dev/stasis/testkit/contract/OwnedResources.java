package dev.stasis.testkit.contract;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a plugin handed over to be closed at the end of a run, last first; closing must not fail. */
final class OwnedResources implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!resources.isEmpty()) {
            AutoCloseable resource = resources.pop();
            try {
                resource.close();
            } catch (Exception e) {
                throw new AssertionError("closing " + resource + " failed", e);
            }
        }
    }
}
