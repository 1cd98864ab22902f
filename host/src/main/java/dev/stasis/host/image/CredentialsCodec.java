package dev.stasis.host.image;

import dev.stasis.host.image.proto.creds_entry;
import dev.stasis.host.state.Credentials;
import java.util.ArrayList;
import java.util.List;

/** Who a thread acts as. */
final class CredentialsCodec {

    private CredentialsCodec() {}

    /** {@code credentials} as a message. */
    static creds_entry write(Credentials credentials) {
        creds_entry.Builder entry = creds_entry.newBuilder()
                .setUid(credentials.uid())
                .setGid(credentials.gid())
                .setEuid(credentials.effectiveUid())
                .setEgid(credentials.effectiveGid())
                .setSuid(credentials.savedUid())
                .setSgid(credentials.savedGid())
                .setFsuid(credentials.fileSystemUid())
                .setFsgid(credentials.fileSystemGid())
                .setSecbits(credentials.secureBits())
                .addAllGroups(credentials.groups());
        return capabilities(credentials, entry).build();
    }

    private static creds_entry.Builder capabilities(Credentials credentials, creds_entry.Builder entry) {
        return entry.addCapInh((int) credentials.inheritable())
                .addCapInh(upper(credentials.inheritable()))
                .addCapPrm((int) credentials.permitted())
                .addCapPrm(upper(credentials.permitted()))
                .addCapEff((int) credentials.effective())
                .addCapEff(upper(credentials.effective()))
                .addCapBnd((int) credentials.bounding())
                .addCapBnd(upper(credentials.bounding()))
                .addStasisCapAmb((int) credentials.ambient())
                .addStasisCapAmb(upper(credentials.ambient()));
    }

    private static int upper(long set) {
        return (int) (set >>> Integer.SIZE);
    }

    /** The credentials that {@code entry} tells of. */
    static Credentials read(creds_entry entry) {
        return new Credentials(entry.getUid(), entry.getGid(), entry.getEuid(), entry.getEgid(), entry.getSuid(),
                entry.getSgid(), entry.getFsuid(), entry.getFsgid(), new ArrayList<>(entry.getGroupsList()),
                set(entry.getCapInhList()), set(entry.getCapPrmList()), set(entry.getCapEffList()),
                set(entry.getCapBndList()), set(entry.getStasisCapAmbList()), entry.getSecbits());
    }

    private static long set(List<Integer> words) {
        MalformedImage.unless(words.size() == 2, "a set of capabilities has " + words.size() + " words");
        return words.get(0) & 0xffffffffL | (long) words.get(1) << Integer.SIZE;
    }
}
