package dev.stasis.plugins.regularfiles;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.stasis.linux.DeviceNumber;
import dev.stasis.linux.InodeId;
import dev.stasis.linux.fs.FileStatus;
import dev.stasis.linux.fs.FileType;
import dev.stasis.linux.fs.Timestamp;
import dev.stasis.plugins.regularfiles.proto.file_identity;
import dev.stasis.plugins.regularfiles.proto.fown_entry;
import dev.stasis.plugins.regularfiles.proto.reg_file_entry;
import dev.stasis.spi.FileOwner;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.StasisException;

/**
 * What an image says of a file beyond what the host keeps.
 *
 * @param mode type and permissions
 * @param size in bytes
 * @param inode which inode it was
 * @param modified last change of contents
 * @param born when the inode came into being; null where that was not to be known or may change
 * @param represents for a device node, the device it stands for
 * @param pseudoFileSystem magic number of a file system with made-up inode numbers, 0 for others
 */
record FileEntry(
        int mode, long size, InodeId inode, Timestamp modified, Timestamp born, DeviceNumber represents, int pseudoFileSystem) {

    /** What is to be kept of {@code file}, which may keep its time of birth or not. */
    static FileEntry of(OpenFile file, int pseudoFileSystem, boolean keepsBirth) {
        FileStatus status = file.status();
        return new FileEntry(status.mode(), status.size(), status.inode(), status.modified(),
                keepsBirth && pseudoFileSystem == 0 ? status.born() : null, status.represents(),
                pseudoFileSystem);
    }

    /** The type of the inode. */
    FileType type() {
        return FileType.ofMode(mode);
    }

    /** The bytes of a {@code reg_file_entry}. */
    byte[] encode(OpenFile file) {
        return reg_file_entry.newBuilder()
                .setId(file.id().number())
                .setFlags(file.flags().bits())
                .setPos(file.position().orElse(0))
                .setFown(owner(file.owner()))
                .setName(ByteString.copyFrom(file.link().bytes()))
                .setMntId((int) file.status().mountId())
                .setSize(size)
                .setMode(mode)
                .setIdentity(identity())
                .build()
                .toByteArray();
    }

    private file_identity identity() {
        file_identity.Builder identity = file_identity.newBuilder()
                .setDevice(inode.device().kernelEncoding())
                .setInode(inode.number())
                .setModifiedSeconds(modified.seconds())
                .setModifiedNanoseconds(modified.nanoseconds());
        if (born != null) {
            identity.setBornSeconds(born.seconds()).setBornNanoseconds(born.nanoseconds());
        }
        if (type() == FileType.CHARACTER_DEVICE || type() == FileType.BLOCK_DEVICE) {
            identity.setRepresents(represents.kernelEncoding());
        }
        return (pseudoFileSystem == 0 ? identity : identity.setPseudoFileSystem(pseudoFileSystem)).build();
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

    /** Reads the payload of {@code record}. */
    static FileEntry of(FileRecord record) {
        try {
            reg_file_entry entry = reg_file_entry.parseFrom(record.payload());
            if (!entry.hasIdentity()) {
                throw malformed(record, "it says nothing of the inode", null);
            }
            file_identity identity = entry.getIdentity();
            return new FileEntry(
                    entry.getMode(),
                    entry.getSize(),
                    new InodeId(DeviceNumber.ofKernelEncoding(identity.getDevice()), identity.getInode()),
                    new Timestamp(identity.getModifiedSeconds(), identity.getModifiedNanoseconds()),
                    identity.hasBornSeconds() ? new Timestamp(identity.getBornSeconds(), identity.getBornNanoseconds()) : null,
                    DeviceNumber.ofKernelEncoding(identity.getRepresents()),
                    identity.getPseudoFileSystem());
        } catch (InvalidProtocolBufferException e) {
            throw malformed(record, e.getMessage(), e);
        }
    }

    private static StasisException malformed(FileRecord record, String reason, Throwable cause) {
        return new StasisException(new Problem(RegularFilesErrorCode.ENTRY_MALFORMED, "file entry " + record.id(), reason,
                "the image was not made by this version of the plugin"), cause);
    }
}
