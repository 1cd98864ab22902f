package dev.stasis.host.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stasis.spi.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that say nonsense under a right seal are refused by name too, and by nothing but a refusal. */
class ForgedImageTest {
    @TempDir
    Path image;

    @BeforeEach
    void anImage() {
        SampleImage.write(image);
    }

    /** Writes {@code contents} as {@code name} and seals the image again. */
    private void forge(String name, byte[] contents) throws IOException {
        Files.write(image.resolve(name), contents);
        Path manifest = image.resolve(ImageNames.MANIFEST);
        Manifest old = Manifest.read(Files.readAllBytes(manifest), "");
        List<SealedFile> files = new ArrayList<>();
        for (SealedFile file : old.files()) {
            files.add(file.name().equals(name) ? new SealedFile(name, contents.length, checksum(contents)) : file);
        }
        reseal(manifest, new Manifest("forged", old.created(), old.kernelRelease(), old.plugins(), files));
    }

    private static void reseal(Path path, Manifest manifest) throws IOException {
        RecordBuffer buffer = new RecordBuffer();
        manifest.write(buffer);
        Files.write(path, Arrays.copyOf(buffer.bytes(), buffer.length()));
    }

    private static int checksum(byte[] contents) {
        CRC32C checksum = new CRC32C();
        checksum.update(contents);
        return (int) checksum.getValue();
    }

    private void readAll() {
        try (ImageReader reader = ImageReader.open(image)) {
            reader.verifyPages();
        }
    }

    @Test
    void alteredContentsAreEitherUnderstoodOrRefused() throws IOException {
        Random random = new Random(42);
        for (String name : List.of("inventory.img", "pstree.img", "core-4242.img", "core-4301.img", "mm-4242.img", "files.img",
                "fdinfo-1.img", "fs-4242.img", "ids-4242.img", "pagemap-4242.img", "pagemap-shmem-77001.img", "pages-1.img")) {
            byte[] whole = Files.readAllBytes(image.resolve(name));
            for (int i = 0; i < 150; i++) {
                byte[] altered = i % 5 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
                for (int flips = random.nextInt(4); flips > 0 && altered.length > 0; flips--) {
                    altered[random.nextInt(altered.length)] = (byte) random.nextInt();
                }
                forge(name, altered);
                understandOrRefuse();
            }
            forge(name, whole);
        }
        readAll();
    }

    private void understandOrRefuse() {
        try {
            readAll();
        } catch (StasisException refusal) {
            assertThat(refusal).hasMessageContaining(".img");
        }
    }

    @Test
    void aRecordThatClaimsToBeHugeIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(image.resolve("mm-4242.img"));
        whole[8] = whole[9] = whole[10] = (byte) 0xff;
        whole[11] = 0x7f;
        forge("mm-4242.img", whole);
        assertThatThrownBy(this::readAll).hasMessageContaining("mm-4242.img").hasMessageContaining("reaches beyond its end");
    }

    @Test
    void aSealThatNamesAFileElsewhereIsRefused() throws IOException {
        Path manifest = image.resolve(ImageNames.MANIFEST);
        Manifest old = Manifest.read(Files.readAllBytes(manifest), "");
        for (String name : List.of("../passwd", "/etc/passwd", "a/b", "..", "")) {
            reseal(manifest, new Manifest("forged", old.created(), old.kernelRelease(), old.plugins(),
                    List.of(new SealedFile(name, 1, 0))));
            assertThatThrownBy(this::readAll).hasMessageContaining("stasis-manifest.img");
        }
    }

    @Test
    void aDescriptorOfAnUnknownFileIsRefused() throws IOException {
        byte[] files = Files.readAllBytes(image.resolve("files.img"));
        forge("files.img", Arrays.copyOf(files, ImageMagic.FILES.length()));
        assertThatThrownBy(this::readAll).hasMessageContaining("files.img").hasMessageContaining("it lacks the file of");
    }

    @Test
    void aTreeWithoutTasksIsRefused() throws IOException {
        byte[] tree = Files.readAllBytes(image.resolve("pstree.img"));
        forge("pstree.img", Arrays.copyOf(tree, ImageMagic.PSTREE.length()));
        assertThatThrownBy(this::readAll).hasMessageContaining("pstree.img").hasMessageContaining("it has no task");
    }

    @Test
    void pagesThatDoNotFillTheirFileAreRefused() throws IOException {
        forge("pages-1.img", new byte[4096]);
        assertThatThrownBy(this::readAll).hasMessageContaining("pagemap-4242.img");
    }
}
