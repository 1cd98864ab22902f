package dev.stasis.bench;

import com.google.protobuf.CodedInputStream;
import dev.stasis.linux.Pid;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The peer, where one that works is installed.
 *
 * @param binary where it is
 */
record CriuTool(Path binary) implements Tool {
    private static final String GHOST_LIMIT = "1073741824"; // it gives up at 1 MiB unless told otherwise
    private static final int STATS_HEADER = 12;
    private static final int DUMP = 1;
    private static final int RESTORE = 2;
    private static final int FREEZING_TIME = 1;
    private static final int FROZEN_TIME = 2;
    private static final int RESTORE_TIME = 4;

    /** The one on the PATH, if a trial dump and restore of an idle process go well with it. */
    static Optional<CriuTool> find(Path scratch) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path candidate = Path.of(folder, "criu");
            if (Files.isExecutable(candidate)) {
                CriuTool tool = new CriuTool(candidate);
                return tool.works(scratch) ? Optional.of(tool) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean works(Path scratch) {
        try {
            new Trial(Workloads.IDLE, this, scratch).run();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return "criu";
    }

    @Override
    public Taken dump(Pid target, Path image, Path scratch, List<String> options) {
        create(image);
        Child.Finished run = run(image.resolve("dump.log"), scratch, List.of(binary.toString(), "dump", "-t", target.toString(), "-D",
                image.toString(), "-o", "dump.log", "--ghost-limit", GHOST_LIMIT));
        Path stats = image.resolve("stats-dump");
        return new Taken(run.micros(), stat(stats, DUMP, FREEZING_TIME) + stat(stats, DUMP, FROZEN_TIME), 0);
    }

    @Override
    public Taken restore(Path image, Path scratch, List<String> options) {
        Child.Finished run = run(image.resolve("restore.log"), scratch, List.of(binary.toString(), "restore", "-D", image.toString(),
                "-d", "-o", "restore.log"));
        return new Taken(run.micros(), stat(image.resolve("stats-restore"), RESTORE, RESTORE_TIME), 0);
    }

    /** Runs it; if that fails, with the errors in its log as the reason. */
    private static Child.Finished run(Path log, Path scratch, List<String> command) {
        try {
            return Child.run(command, scratch, scratch.resolve("criu.out"));
        } catch (IllegalStateException e) {
            throw new IllegalStateException("criu " + command.get(1) + " failed: " + errors(log), e);
        }
    }

    private static String errors(Path log) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains("Error")).limit(2).collect(Collectors.joining("; "));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private static void create(Path image) {
        try {
            Files.createDirectory(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number {@code field} of message {@code message} of a statistics file; 0 when it is not there. */
    private static long stat(Path file, int message, int field) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            CodedInputStream outer = CodedInputStream.newInstance(bytes, STATS_HEADER, bytes.length - STATS_HEADER);
            for (int tag = outer.readTag(); tag != 0; tag = outer.readTag()) {
                if (tag >>> 3 == message) {
                    return field(outer.readByteArray(), field);
                }
                outer.skipField(tag);
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long field(byte[] message, int field) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag >>> 3 == field) {
                return in.readUInt64();
            }
            in.skipField(tag);
        }
        return 0;
    }
}
