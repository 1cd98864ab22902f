package dev.stasis.testkit;

import dev.stasis.host.Stasis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts Stasis once per test JVM with every plugin of the class path and gives it to tests as a parameter. When a test
 * fails, what Stasis logged meanwhile is printed. A parameter of type {@link RecordingLog} gets that log.
 */
public final class StasisExtension
        implements BeforeAllCallback, BeforeTestExecutionCallback, AfterTestExecutionCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(StasisExtension.class);

    /** What lives as long as the test run. */
    private record Running(Stasis stasis, RecordingLog log, Path plugins) implements AutoCloseable {
        static Running start() {
            try {
                Path plugins = PluginJars.collect(Files.createTempDirectory("stasis-test-plugins-"), name -> true);
                RecordingLog log = new RecordingLog();
                return new Running(Stasis.start(plugins, log), log, plugins);
            } catch (IOException e) {
                throw new IllegalStateException("the plugins under test cannot be collected", e);
            }
        }

        @Override
        public void close() {
            stasis.close();
            Sandbox.delete(plugins);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running(context).stasis.plugins(); // loaded by now, so that what that opened is not held against a test
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        running(context).log.clear();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.out.println("--- log of " + context.getDisplayName());
            running(context).log.lines().forEach(System.out::println);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Stasis.class || type == RecordingLog.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running = running(context);
        return parameter.getParameter().getType() == Stasis.class ? running.stasis : running.log;
    }

    private static Running running(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE)
                .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class);
    }
}
