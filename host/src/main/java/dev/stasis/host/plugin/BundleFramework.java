package dev.stasis.host.plugin;

import dev.stasis.spi.Log;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.felix.framework.Felix;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * A running Felix with nothing in it but what it is given.
 *
 * <p>Its threads are daemons if the thread that starts it is one; so start it from such a thread, and they never keep a
 * program alive that has failed.
 */
final class BundleFramework implements AutoCloseable {
    private static final long STOP_MILLIS = 5000;

    private final Felix felix;

    private BundleFramework(Felix felix) {
        this.felix = felix;
    }

    /** Starts it with {@code exports} on offer, keeping its files in {@code storage}. */
    static BundleFramework start(PackageExports exports, Path storage, Log log) throws BundleException {
        // Without this the framework searches all jars of the class path for extensions of itself.
        System.setProperty("felix.extensions.disable", "true");
        BundleFramework framework = new BundleFramework(new Felix(settings(exports, storage, log)));
        try {
            framework.felix.start();
            return framework;
        } catch (BundleException | RuntimeException failure) {
            framework.close();
            throw failure;
        }
    }

    private static Map<String, Object> settings(PackageExports exports, Path storage, Log log) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        settings.put("felix.cache.locking", "false");
        settings.put("felix.service.urlhandlers", "false");
        settings.put("felix.bootdelegation.implicit", "false");
        settings.put("felix.resolver.parallelism", "1");
        settings.put("felix.log.logger", new FrameworkLog(log));
        settings.put(Constants.FRAMEWORK_OS_VERSION, systemVersion(System.getProperty("os.version")));
        settings.put(Constants.FRAMEWORK_EXECUTIONENVIRONMENT, "JavaSE-" + Runtime.version().feature());
        settings.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES, exports.ofJdk());
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, exports.ofHost());
        settings.put(Constants.FRAMEWORK_SYSTEMCAPABILITIES, javaCapability());
        return settings;
    }

    /** The numbers at the beginning of {@code version}, which Felix would find by a regular expression. */
    static String systemVersion(String version) {
        int end = 0;
        int dots = 0;
        while (end < version.length() && (Character.isDigit(version.charAt(end)) || version.charAt(end) == '.' && ++dots < 3)) {
            end++;
        }
        return end == 0 || !Character.isDigit(version.charAt(end - 1)) ? "0" : version.substring(0, end);
    }

    /** Says which Java runs here, for bundles that require at least theirs. */
    private static String javaCapability() {
        StringBuilder capability = new StringBuilder("osgi.ee;osgi.ee=JavaSE;version:List<Version>=\"1.7,1.8");
        for (int version = 9; version <= Runtime.version().feature(); version++) {
            capability.append(',').append(version);
        }
        return capability.append('"').toString();
    }

    /** Installs {@code jar}, which is used where it is, not copied. */
    Bundle install(Path jar) throws BundleException {
        return felix.getBundleContext().installBundle("reference:" + jar.toUri());
    }

    /** Where services are registered that no bundle offers. */
    BundleContext context() {
        return felix.getBundleContext();
    }

    /** Resolves all of {@code bundles} that can be, at one go. */
    void resolve(Collection<Bundle> bundles) {
        felix.adapt(FrameworkWiring.class).resolveBundles(bundles);
    }

    /** Stops it and all that runs in it. */
    @Override
    public void close() {
        try {
            felix.stop();
            felix.waitForStop(STOP_MILLIS);
        } catch (BundleException neverStarted) {
            // there is nothing to stop then
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
