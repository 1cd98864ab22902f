package dev.stasis.host.image;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.stasis.host.image.proto.fown_entry;
import dev.stasis.host.image.proto.stasis_file_entry;
import dev.stasis.host.image.proto.stasis_identity_entry;
import dev.stasis.host.image.proto.stasis_location_entry;
import dev.stasis.host.image.proto.stasis_remapped_entry;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.UnixPath;
import dev.stasis.linux.fs.OpenFlags;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.Holder;
import dev.stasis.spi.ImageType;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFileId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One {@code file_entry} of {@code files.img}: type (1), id (2), the kind's own message in the field that the kind names, and
 * in field {@value #COMMON} what the host keeps of every file. It is put together by hand, because the host does not know
 * the message of the kind and hands its bytes through untouched.
 */
final class FileCodec {
    private static final int TYPE = 1;
    private static final int ID = 2;
    private static final int COMMON = 1000;
    private static final int TAG_BITS = 3;
    private static final int LENGTH_DELIMITED = 2;

    private FileCodec() {}

    /** Adds {@code file}, whose kind has {@code type}, to {@code buffer}. */
    static void write(FileRecord file, ImageType type, RecordBuffer buffer) throws IOException {
        if (type.field() <= ID || type.field() == COMMON) {
            throw new IllegalArgumentException("kind " + file.kind() + " cannot have field " + type.field());
        }
        stasis_file_entry common = common(file, type);
        byte[] payload = file.payload();
        int size = CodedOutputStream.computeUInt32Size(TYPE, knownType(type))
                + CodedOutputStream.computeUInt32Size(ID, file.id().number())
                + CodedOutputStream.computeByteArraySize(type.field(), payload)
                + CodedOutputStream.computeMessageSize(COMMON, common);
        CodedOutputStream record = buffer.record(size);
        record.writeUInt32(TYPE, knownType(type));
        record.writeUInt32(ID, file.id().number());
        record.writeByteArray(type.field(), payload);
        record.writeMessage(COMMON, common);
    }

    /** The type as far as the reference knows it: its tools stop at a number that is not among its own, but not at 0. */
    static int knownType(ImageType type) {
        return type.type() < ImageType.FIRST_OF_THIRD_PARTIES ? type.type() : 0;
    }

    private static stasis_file_entry common(FileRecord file, ImageType type) {
        stasis_file_entry.Builder entry = stasis_file_entry.newBuilder()
                .setKind(file.kind())
                .setField(type.field())
                .setFlags(file.flags().bits())
                .setLink(bytes(file.link()));
        if (knownType(type) != type.type()) {
            entry.setType(type.type());
        }
        if (file.position().isPresent()) {
            entry.setPos(file.position().getAsLong());
        }
        if (file.owner() != null && !file.owner().isNobody()) {
            entry.setFown(owner(file.owner()));
        }
        if (file.identity() != null) {
            entry.setIdentity(identity(file.identity()));
        }
        return file.location() == null ? entry.build() : entry.setLocation(location(file.location())).build();
    }

    private static fown_entry owner(FileOwner owner) {
        return fown_entry.newBuilder()
                .setUid(owner.uid())
                .setEuid(owner.effectiveUid())
                .setSignum(owner.signal())
                .setPidType(owner.type())
                .setPid(owner.id())
                .build();
    }

    private static stasis_identity_entry identity(FileIdentity identity) {
        stasis_identity_entry.Builder entry = stasis_identity_entry.newBuilder()
                .setMode(identity.mode())
                .setDev(identity.inode().device().kernelEncoding())
                .setIno(identity.inode().number());
        if (identity.mountId() != 0) {
            entry.setMntId(identity.mountId());
        }
        if (identity.represents().major() != 0 || identity.represents().minor() != 0) {
            entry.setRdev(identity.represents().kernelEncoding());
        }
        return entry.build();
    }

    private static FileIdentity identity(stasis_identity_entry entry) {
        return new FileIdentity(entry.getMode(),
                new InodeId(DeviceNumber.ofKernelEncoding(entry.getDev()), entry.getIno()), entry.getMntId(),
                DeviceNumber.ofKernelEncoding(entry.getRdev()));
    }

    private static stasis_location_entry location(LocationRecord location) {
        stasis_location_entry.Builder entry = stasis_location_entry.newBuilder().setPath(bytes(location.path()));
        if (location.mountRemap().isPresent()) {
            entry.setMountRemap(remapped(location.mountRemap().get()));
        }
        if (location.pathRemap().isPresent()) {
            entry.setPathRemap(remapped(location.pathRemap().get()));
        }
        return entry.build();
    }

    private static stasis_remapped_entry remapped(LocationRecord.Remapped remapped) {
        return stasis_remapped_entry.newBuilder()
                .setRemap(remapped.remap())
                .setPayload(UnsafeByteOperations.unsafeWrap(remapped.payload()))
                .build();
    }

    private static ByteString bytes(UnixPath path) {
        return UnsafeByteOperations.unsafeWrap(path.bytes());
    }

    /** The file that bytes {@code start} to {@code end} of {@code bytes} tell of, with what of {@code holders} refers to it. */
    static FileRecord read(byte[] bytes, int start, int end, Map<OpenFileId, List<Holder>> holders) throws IOException {
        CodedInputStream record = CodedInputStream.newInstance(bytes, start, end - start);
        OpenFileId id = null;
        stasis_file_entry common = null;
        int tag = record.readTag();
        while (tag != 0) {
            if (tag == (ID << TAG_BITS)) {
                id = id(record.readUInt32() & 0xffffffffL);
            } else if (tag == (COMMON << TAG_BITS | LENGTH_DELIMITED)) {
                common = record.readMessage(stasis_file_entry.parser(), ExtensionRegistryLite.getEmptyRegistry());
            } else {
                record.skipField(tag);
            }
            tag = record.readTag();
        }
        MalformedImage.unless(id != null, "it has a file without a number");
        MalformedImage.unless(common != null, "file ", id, " has nothing that Stasis wrote");
        byte[] payload = field(common.getField(), bytes, start, end);
        MalformedImage.unless(payload != null, "file ", id, " has no message of its kind");
        return record(id, common, payload, holders.getOrDefault(id, List.of()));
    }

    private static FileRecord record(OpenFileId id, stasis_file_entry common, byte[] payload, List<Holder> holders) {
        return new FileRecord(id, common.getKind(), new OpenFlags(common.getFlags()),
                common.hasPos() ? OptionalLong.of(common.getPos()) : OptionalLong.empty(), owner(common),
                path(common.getLink()), holders, common.hasLocation() ? location(common.getLocation()) : null,
                common.hasIdentity() ? identity(common.getIdentity()) : null, payload);
    }

    private static byte[] field(int number, byte[] bytes, int start, int end) throws IOException {
        CodedInputStream record = CodedInputStream.newInstance(bytes, start, end - start);
        int tag = record.readTag();
        while (tag != 0) {
            if (tag == (number << TAG_BITS | LENGTH_DELIMITED)) {
                return record.readByteArray();
            }
            record.skipField(tag);
            tag = record.readTag();
        }
        return null;
    }

    private static FileOwner owner(stasis_file_entry common) {
        fown_entry owner = common.getFown();
        return common.hasFown()
                ? new FileOwner(owner.getPidType(), owner.getPid(), owner.getSignum(), owner.getUid(), owner.getEuid())
                : FileOwner.NOBODY;
    }

    private static LocationRecord location(stasis_location_entry entry) {
        return new LocationRecord(path(entry.getPath()),
                entry.hasMountRemap() ? Optional.of(remapped(entry.getMountRemap())) : Optional.empty(),
                entry.hasPathRemap() ? Optional.of(remapped(entry.getPathRemap())) : Optional.empty());
    }

    private static LocationRecord.Remapped remapped(stasis_remapped_entry entry) {
        return new LocationRecord.Remapped(entry.getRemap(), entry.getPayload().toByteArray());
    }

    private static UnixPath path(ByteString bytes) {
        return UnixPath.of(bytes.toByteArray());
    }

    /** The file number {@code number}, which must be positive. */
    static OpenFileId id(long number) {
        MalformedImage.unless(number > 0 && number <= Integer.MAX_VALUE, "it has an impossible file number, ", number, "");
        return new OpenFileId((int) number);
    }

    /** The file number {@code number}; null for 0. */
    static OpenFileId optionalId(int number) {
        return number == 0 ? null : id(number & 0xffffffffL);
    }
}
