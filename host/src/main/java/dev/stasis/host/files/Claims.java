package dev.stasis.host.files;

import dev.stasis.spi.Claim;
import java.util.ArrayList;
import java.util.List;

/** Decides who of several claimants gets something: the one whose claim fits most closely. Pure. */
final class Claims {

    /**
     * What one claimant said.
     *
     * @param claimant a kind or a remap
     * @param plugin the plugin it belongs to
     * @param claim its answer
     */
    record Offer<T>(T claimant, String plugin, Claim claim) {}

    /** Who gets it. */
    sealed interface Decision<T> {

        /** One claimant gets it. */
        record Taken<T>(T claimant, boolean located) implements Decision<T> {}

        /** The plugin for it says that it cannot be kept. */
        record Refused<T>(String plugin, String reason, String help) implements Decision<T> {}

        /** Several want it with equal right: their plugins. */
        record Tie<T>(List<String> plugins) implements Decision<T> {}

        /** Nobody wants it. */
        record Nobody<T>() implements Decision<T> {}
    }

    private Claims() {}

    /**
     * Decides among {@code offers}: the closest fit wins, whether it takes or refuses. Among equally close ones a single
     * taker wins over refusals, and several takers are a tie.
     */
    static <T> Decision<T> decide(List<Offer<T>> offers) {
        int closest = -1;
        for (int i = 0; i < offers.size(); i++) {
            closest = Math.max(closest, fit(offers.get(i).claim()));
        }
        return closest < 0 ? new Decision.Nobody<>() : among(offers, closest);
    }

    private static <T> Decision<T> among(List<Offer<T>> offers, int fit) {
        List<Offer<T>> takers = new ArrayList<>(1);
        Offer<T> refusal = null;
        for (int i = 0; i < offers.size(); i++) {
            Offer<T> offer = offers.get(i);
            if (fit(offer.claim()) == fit && offer.claim() instanceof Claim.Taken) {
                takers.add(offer);
            } else if (fit(offer.claim()) == fit && refusal == null) {
                refusal = offer;
            }
        }
        if (takers.isEmpty()) {
            Claim.Refused claim = (Claim.Refused) refusal.claim();
            return new Decision.Refused<>(refusal.plugin(), claim.reason(), claim.help());
        }
        if (takers.size() > 1) {
            return new Decision.Tie<>(plugins(takers));
        }
        return new Decision.Taken<>(takers.get(0).claimant(), ((Claim.Taken) takers.get(0).claim()).located());
    }

    private static <T> List<String> plugins(List<Offer<T>> offers) {
        List<String> plugins = new ArrayList<>();
        for (int i = 0; i < offers.size(); i++) {
            plugins.add(offers.get(i).plugin());
        }
        return plugins;
    }

    private static int fit(Claim claim) {
        if (claim instanceof Claim.Taken taken) {
            return taken.fit().ordinal();
        }
        return claim instanceof Claim.Refused refused ? refused.fit().ordinal() : -1;
    }
}
