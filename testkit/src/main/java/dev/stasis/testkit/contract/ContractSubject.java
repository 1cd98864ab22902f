package dev.stasis.testkit.contract;

import dev.stasis.linux.Fd;
import dev.stasis.spi.Claim;
import dev.stasis.spi.ClaimContext;
import dev.stasis.spi.DumpContext;
import dev.stasis.spi.DumpStage;
import dev.stasis.spi.FileIdentity;
import dev.stasis.spi.FileRecord;
import dev.stasis.spi.LocationRecord;
import dev.stasis.spi.OpenFile;
import dev.stasis.spi.Problem;
import dev.stasis.spi.RestoreContext;
import java.util.List;
import java.util.Optional;

/** What of a plugin a contract is about: a kind of file, or a remap. The contract asks all of them for the same. */
interface ContractSubject {

    /** What it is and how it is called, for messages. */
    String title();

    /** The stage at which it dumps. */
    DumpStage stage();

    /** Whether it sees to {@code file}. */
    Claim claim(OpenFile file, ClaimContext context);

    /** The directory that the path of {@code file} is relative to, when that is not the host's root; borrowed. */
    Optional<Fd> base(OpenFile file, ClaimContext context);

    /** Has it keep {@code file}, about which it answered {@code claim}. */
    FileRecord dump(OpenFile file, Claim.Taken claim, DumpContext context);

    /** What it finds wrong by looking. */
    List<Problem> plan(FileRecord record, RestoreContext context);

    /** Has it make the file again. */
    Fd restore(FileRecord record, RestoreContext context);

    /** Has it do what comes last. */
    void restoreDeferred(FileRecord record, Fd file, RestoreContext context);

    /** Its own message in {@code record}. */
    byte[] message(FileRecord record);

    /** {@code record} with {@code message} in the place of that. */
    FileRecord with(FileRecord record, byte[] message);

    /** What the host tells of {@code file} in an image. */
    static FileRecord record(OpenFile file, String kind, LocationRecord location, byte[] payload) {
        return new FileRecord(file.id(), kind, file.flags(), file.position(), file.owner(), file.link(), file.holders(), location,
                FileIdentity.of(file.status()), payload);
    }

    /** {@code record} with other contents. */
    static FileRecord record(FileRecord record, LocationRecord location, byte[] payload) {
        return new FileRecord(record.id(), record.kind(), record.flags(), record.position(), record.owner(), record.link(),
                record.holders(), location, record.identity(), payload);
    }
}
