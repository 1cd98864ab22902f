package dev.stasis.host.plugin;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * All that a bundle sees which is wired to the host alone, by the rules of OSGi: {@code java.*} from the JDK, the packages that it
 * imports from the host and from nowhere else, everything else from its own jar and from nowhere else.
 */
final class BundleClasses extends ClassLoader implements PluginMaker.ClassSource, Closeable {
    static {
        registerAsParallelCapable();
    }

    private final Path file;
    private final Set<String> imports;
    private final ZipFile content;
    private final ClassLoader host = BundleClasses.class.getClassLoader();

    /** Shows {@code jar} the packages {@code imports} of the host and of the JDK. */
    BundleClasses(PluginJar jar, Set<String> imports) throws IOException {
        super(jar.symbolicName(), getPlatformClassLoader());
        this.file = jar.file();
        this.imports = imports;
        this.content = new ZipFile(jar.file().toFile());
    }

    @Override
    public Class<?> load(String name) throws ClassNotFoundException {
        return loadClass(name);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("java.")) {
            return getParent().loadClass(name);
        }
        if (imports.contains(packageOf(name, '.'))) {
            return host.loadClass(name);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] code;
        try {
            code = read(name.replace('.', '/') + ".class");
        } catch (IOException | IllegalStateException unreadable) { // damaged, or closed
            throw new ClassNotFoundException(name + " in " + file + ": " + unreadable.getMessage(), unreadable);
        }
        if (code == null) {
            throw new ClassNotFoundException(name + " is not in " + file + ", nor imported");
        }
        return defineClass(name, code, 0, code.length);
    }

    private byte[] read(String name) throws IOException {
        ZipEntry entry = content.getEntry(name);
        if (entry == null) {
            return null;
        }
        try (InputStream bytes = content.getInputStream(entry)) {
            return bytes.readAllBytes();
        }
    }

    private static String packageOf(String name, char separator) {
        int end = name.lastIndexOf(separator);
        return end < 0 ? "" : name.substring(0, end);
    }

    @Override
    public URL getResource(String name) {
        if (name.startsWith("java/")) {
            return getParent().getResource(name);
        }
        return isImported(name) ? host.getResource(name) : findResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        if (name.startsWith("java/")) {
            return getParent().getResources(name);
        }
        return isImported(name) ? host.getResources(name) : findResources(name);
    }

    private boolean isImported(String resource) {
        return imports.contains(packageOf(resource, '/').replace('/', '.'));
    }

    @Override
    protected URL findResource(String name) {
        try {
            return content.getEntry(name) == null ? null : new URL("jar:" + file.toUri() + "!/" + name);
        } catch (MalformedURLException impossible) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return found == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(found));
    }

    /** From the open jar: a connection to a URL would keep it open for as long as this program lives. */
    @Override
    public InputStream getResourceAsStream(String name) {
        if (name.startsWith("java/") || isImported(name)) {
            return super.getResourceAsStream(name);
        }
        try {
            byte[] bytes = read(name);
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    /** Closes the jar: from then on there are the classes that were loaded, and no others. */
    @Override
    public void close() throws IOException {
        content.close();
    }
}
