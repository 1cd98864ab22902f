package dev.stasis.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link Sandbox} and closes it afterwards: no process, mount or directory of the test stays, whatever
 * happened. Then fails the test when it left something behind that is not the sandbox's: see {@link Leftovers}.
 *
 * <p>Tests of one JVM must not run in parallel: processes and descriptors are compared for the whole JVM.
 */
public final class SandboxExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Duration MOMENT = Duration.ofSeconds(2);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SandboxExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Leftovers before = Leftovers.now();
        store(context).put(Sandbox.class, Sandbox.open());
        store(context).put(Leftovers.class, before);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        store(context).remove(Sandbox.class, Sandbox.class).close();
        List<String> left = whatStays(store(context).get(Leftovers.class, Leftovers.class));
        if (!left.isEmpty() && context.getExecutionException().isEmpty()) {
            throw new AssertionError("the test left behind " + left);
        }
    }

    /** The JVM opens files for a moment whenever it likes; left behind is what does not go away. */
    private static List<String> whatStays(Leftovers before) {
        long deadline = System.nanoTime() + MOMENT.toNanos();
        List<String> left = Leftovers.now().since(before);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(MOMENT.toNanos() / 100);
            left = Leftovers.now().since(before);
        }
        return left;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Sandbox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).get(Sandbox.class, Sandbox.class);
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
