package dev.stasis.host.plugin;

import dev.stasis.spi.StasisPlugin;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/** Makes the plugins that services files name, the same for every door, and says what is wrong with those it cannot make. */
final class PluginMaker {

    /** Where the classes of one jar come from. */
    interface ClassSource {

        /** The class called {@code name}. */
        Class<?> load(String name) throws ClassNotFoundException;
    }

    private final List<RejectedPlugin> rejected;

    /** Adds what cannot be made to {@code rejected}. */
    PluginMaker(List<RejectedPlugin> rejected) {
        this.rejected = rejected;
    }

    /** The plugins that {@code services}, of {@code jar}, name, as far as they can be made. */
    List<StasisPlugin> make(PluginJar jar, List<String> services, ClassSource classes) {
        List<StasisPlugin> made = new ArrayList<>(services.size());
        for (String className : services) {
            try {
                made.add(classes.load(className).asSubclass(StasisPlugin.class).getConstructor().newInstance());
            } catch (ClassNotFoundException | NoClassDefFoundError missing) {
                rejected.add(jar.reject(className, PluginErrorCode.PLUGIN_CLASS_MISSING,
                        "its services file names a class that cannot be loaded: " + missing.getMessage(), "build it anew"));
            } catch (ClassCastException | NoSuchMethodException | IllegalAccessException | InstantiationException unfit) {
                rejected.add(jar.reject(className, PluginErrorCode.PLUGIN_CLASS_MISSING,
                        "its services file names a class that is no public plugin class with a public constructor without"
                        + " parameters: " + unfit.getMessage(), "build it anew"));
            } catch (InvocationTargetException thrown) {
                rejected.add(failed(jar, className, thrown.getCause()));
            } catch (RuntimeException | LinkageError failure) {
                rejected.add(failed(jar, className, failure));
            }
        }
        return made;
    }

    private static RejectedPlugin failed(PluginJar jar, String className, Throwable failure) {
        return jar.reject(className, PluginErrorCode.PLUGIN_FAILED, "it failed while it was made: " + failure,
                "remove it, or tell its authors");
    }
}
