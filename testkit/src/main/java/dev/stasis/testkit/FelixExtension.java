package dev.stasis.testkit;

import dev.stasis.host.plugin.PluginRegistry;
import dev.stasis.host.plugin.PluginRuntime;
import dev.stasis.host.plugin.PluginSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts an embedded Felix for a test class, with every plugin of the class path as a bundle in it and the SPI on offer, and
 * gives tests its {@link PluginRegistry} as a parameter: so a test sees the plugin as users will, loaded by its own class loader.
 * Needs no root.
 */
public final class FelixExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(FelixExtension.class);

    /** The framework and the jars it runs from. */
    private record Running(PluginRuntime runtime, Path jars) {}

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path jars = PluginJars.collect(Files.createTempDirectory("stasis-test-plugins-"), name -> true);
        context.getStore(NAMESPACE).put(Running.class, new Running(PluginRuntime.start(PluginSources.of(jars).withFramework(), new RecordingLog()), jars));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Running running = context.getStore(NAMESPACE).remove(Running.class, Running.class);
        if (running != null) {
            running.runtime.close();
            Sandbox.delete(running.jars);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PluginRegistry.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Running.class, Running.class).runtime.registry();
    }
}
