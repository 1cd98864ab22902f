package dev.stasis.testkit.contract;

import dev.stasis.linux.Pid;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.linux.process.ProcessCalls;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.LocationRecord.Remapped;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * An image that some version of a plugin made, kept in the plugin's sources for all later versions to read.
 *
 * @param records its files, without what told which inode they were of
 * @param states the state of each when it was dumped
 */
record GoldenImage(List<FileRecord> records, List<String> states) {
    private static final String RECORDS = "records.properties";
    private static final String DELETED = " (deleted)";

    /** The versions that there are images of in {@code directory}. */
    static List<Path> versions(Path directory) {
        List<Path> versions = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
                entries.forEach(versions::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        versions.sort(null);
        return versions;
    }

    /** Writes this and the files of {@code image} to {@code directory}, which is made. */
    void write(Path directory, MemoryImage image) {
        Properties properties = new Properties();
        properties.setProperty("records", Integer.toString(records.size()));
        for (int i = 0; i < records.size(); i++) {
            FileRecord record = records.get(i);
            put(properties, i, "kind", record.kind());
            put(properties, i, "flags", Integer.toOctalString(record.flags().bits()));
            put(properties, i, "position", record.position().isPresent() ? Long.toString(record.position().getAsLong()) : "");
            put(properties, i, "link", Base64.getEncoder().encodeToString(record.link().bytes()));
            put(properties, i, "located", Boolean.toString(record.location() != null));
            if (record.location() != null) {
                put(properties, i, "mountRemap", record.location().mountRemap());
                put(properties, i, "pathRemap", record.location().pathRemap());
            }
            put(properties, i, "payload", Base64.getEncoder().encodeToString(record.payload()));
            put(properties, i, "state", states.get(i));
        }
        try {
            Files.createDirectories(directory);
            try (Writer writer = Files.newBufferedWriter(directory.resolve(RECORDS))) {
                properties.store(writer, null);
            }
            for (String name : image.names()) {
                Files.write(directory.resolve(name), image.bytes(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(Properties properties, int record, String name, String value) {
        properties.setProperty(record + "." + name, value);
    }

    /** Its name and its message; nothing where there is none. */
    private static void put(Properties properties, int record, String name, Optional<Remapped> remapped) {
        if (remapped.isPresent()) {
            put(properties, record, name, remapped.get().remap());
            put(properties, record, name + ".message", Base64.getEncoder().encodeToString(remapped.get().payload()));
        }
    }

    /** Reads what {@link #write} wrote to {@code directory}, with the files into {@code image}. */
    static GoldenImage read(Path directory, MemoryImage image) {
        Properties properties = new Properties();
        try (InputStream content = Files.newInputStream(directory.resolve(RECORDS));
                DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.img")) {
            properties.load(content);
            for (Path file : files) {
                image.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<FileRecord> records = new ArrayList<>();
        List<String> states = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(properties.getProperty("records")); i++) {
            records.add(record(properties, i));
            states.add(properties.getProperty(i + ".state"));
        }
        return new GoldenImage(records, states);
    }

    private static FileRecord record(Properties properties, int i) {
        Pid self = ProcessCalls.self();
        String position = properties.getProperty(i + ".position");
        UnixPath link = UnixPath.of(Base64.getDecoder().decode(properties.getProperty(i + ".link")));
        return new FileRecord(new OpenFileId(i + 1), properties.getProperty(i + ".kind"),
                new OpenFlags(Integer.parseInt(properties.getProperty(i + ".flags"), 8)),
                position.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(position)), FileOwner.NOBODY, link,
                List.of(new Holder.Descriptor(self, i + 3, true)),
                Boolean.parseBoolean(properties.getProperty(i + ".located")) ? location(properties, i, link) : null,
                Base64.getDecoder().decode(properties.getProperty(i + ".payload")));
    }

    private static LocationRecord location(Properties properties, int i, UnixPath link) {
        UnixPath path = link.endsWith(DELETED) && properties.containsKey(i + ".pathRemap") ? link.dropLast(DELETED.length()) : link;
        return new LocationRecord(path, remapped(properties, i + ".mountRemap"), remapped(properties, i + ".pathRemap"));
    }

    private static Optional<Remapped> remapped(Properties properties, String name) {
        String remap = properties.getProperty(name);
        return remap == null ? Optional.empty()
                : Optional.of(new Remapped(remap, Base64.getDecoder().decode(properties.getProperty(name + ".message"))));
    }
}
