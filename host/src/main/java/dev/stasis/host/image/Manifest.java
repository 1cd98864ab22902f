package dev.stasis.host.image;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.host.image.proto.stasis_image_file_entry;
import dev.stasis.host.image.proto.stasis_manifest_entry;
import dev.stasis.host.image.proto.stasis_plugin_entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The seal of an image. On disk: the magic, the format version in a word of its own (so that every version can tell what it
 * is not made for), one record, and CRC-32C of all before it.
 *
 * @param toolVersion the version of Stasis that made the image
 * @param created when
 * @param kernelRelease on which kernel, as uname(2) tells
 * @param plugins the plugins that the image needs
 * @param files all files of the image but the seal itself
 */
record Manifest(String toolVersion, Instant created, String kernelRelease, List<PluginUse> plugins, List<SealedFile> files) {
    /** The version of the format that is written here, and the only one that is read. */
    static final int FORMAT = 1;

    /** Puts this into {@code buffer} as a file. */
    void write(RecordBuffer buffer) {
        stasis_manifest_entry.Builder entry = stasis_manifest_entry.newBuilder()
                .setToolVersion(toolVersion)
                .setCreated(created.toEpochMilli())
                .setKernelRelease(kernelRelease);
        for (PluginUse plugin : plugins) {
            entry.addPlugins(stasis_plugin_entry.newBuilder()
                    .setId(plugin.id())
                    .setVersion(plugin.version())
                    .addAllUses(plugin.uses()));
        }
        for (SealedFile file : files) {
            entry.addFiles(stasis_image_file_entry.newBuilder()
                    .setName(file.name())
                    .setSize(file.size())
                    .setCrc32C(file.checksum()));
        }
        buffer.begin(ImageMagic.MANIFEST);
        buffer.addWord(FORMAT);
        buffer.add(entry.build());
        buffer.addWord(checksum(buffer.bytes(), buffer.length()));
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /** The seal that {@code bytes} hold; {@code path} names the file in refusals. */
    static Manifest read(byte[] bytes, String path) throws InvalidProtocolBufferException {
        RecordFile file = new RecordFile(bytes, ImageMagic.MANIFEST);
        int format = file.nextWord();
        if (format != FORMAT) {
            throw ImageFailure.refusal(ImageError.UNKNOWN_FORMAT, path,
                    "the image has format version " + Integer.toUnsignedString(format) + ", this Stasis reads version " + FORMAT,
                    "restore it with the version of Stasis that made it");
        }
        stasis_manifest_entry entry = file.next(stasis_manifest_entry.parser());
        int end = file.position();
        MalformedImage.unless(file.nextWord() == checksum(bytes, end) && !file.hasNext(), "its own checksum is wrong");
        return of(entry);
    }

    private static Manifest of(stasis_manifest_entry entry) {
        List<PluginUse> plugins = new ArrayList<>();
        for (stasis_plugin_entry plugin : entry.getPluginsList()) {
            plugins.add(new PluginUse(plugin.getId(), plugin.getVersion(), plugin.getUsesList()));
        }
        List<SealedFile> files = new ArrayList<>();
        for (stasis_image_file_entry file : entry.getFilesList()) {
            MalformedImage.unless(ImageNames.isPlain(file.getName()) && file.getSize() >= 0,
                    "it lists a file that cannot be one of an image");
            files.add(new SealedFile(file.getName(), file.getSize(), file.getCrc32C()));
        }
        return new Manifest(entry.getToolVersion(), Instant.ofEpochMilli(entry.getCreated()), entry.getKernelRelease(), plugins,
                files);
    }
}
