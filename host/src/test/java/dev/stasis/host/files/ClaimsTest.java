package dev.stasis.host.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.spi.Claim;
import dev.stasis.spi.Claim.Fit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static Claims.Offer<String> offer(String plugin, Claim claim) {
        return new Claims.Offer<>("kind of " + plugin, plugin, claim);
    }

    @SafeVarargs
    private static Claims.Decision<String> decide(Claims.Offer<String>... offers) {
        return Claims.decide(List.of(offers));
    }

    @Test
    void whatNobodyWantsIsNobodys() {
        assertThat(decide()).isEqualTo(new Claims.Decision.Nobody<String>());
        assertThat(decide(offer("a", Claim.none()))).isEqualTo(new Claims.Decision.Nobody<String>());
    }

    @Test
    void theMostSpecificClaimWins() {
        assertThat(decide(offer("a", Claim.take(Fit.TYPE)), offer("b", Claim.takeLocated(Fit.EXACT)), offer("c", Claim.none())))
                .isEqualTo(new Claims.Decision.Taken<>("kind of b", true));
    }

    @Test
    void aTieAtTheTopNamesAllThatAreTied() {
        assertThat(decide(offer("a", Claim.take(Fit.TYPE)), offer("b", Claim.take(Fit.SPECIAL)),
                offer("c", Claim.take(Fit.SPECIAL)))).isEqualTo(new Claims.Decision.Tie<String>(List.of("b", "c")));
    }

    @Test
    void aRefusalThatFitsMoreCloselyWinsAndOneThatFitsLessLoses() {
        Claim refusal = Claim.refuse(Fit.SPECIAL, "reason", "help");
        assertThat(decide(offer("a", Claim.take(Fit.TYPE)), offer("b", refusal)))
                .isEqualTo(new Claims.Decision.Refused<String>("b", "reason", "help"));
        assertThat(decide(offer("a", Claim.take(Fit.EXACT)), offer("b", refusal)))
                .isEqualTo(new Claims.Decision.Taken<>("kind of a", false));
    }

    @Test
    void oneTakerWinsOverARefusalThatFitsAsClosely() {
        assertThat(decide(offer("a", Claim.refuse(Fit.TYPE, "reason", "")), offer("b", Claim.take(Fit.TYPE))))
                .isEqualTo(new Claims.Decision.Taken<>("kind of b", false));
    }

    @Property
    void theOrderOfPluginsDecidesNothing(@ForAll @Size(max = 6) List<Fit> fits, @ForAll long seed) {
        List<Claims.Offer<String>> offers = new ArrayList<>();
        for (int i = 0; i < fits.size(); i++) {
            offers.add(offer("p" + i, Claim.take(fits.get(i))));
        }
        Claims.Decision<String> decision = Claims.decide(offers);
        Collections.shuffle(offers, new Random(seed));
        Claims.Decision<String> shuffled = Claims.decide(offers);
        if (decision instanceof Claims.Decision.Tie<String> tie) {
            assertThat(((Claims.Decision.Tie<String>) shuffled).plugins()).containsExactlyInAnyOrderElementsOf(tie.plugins());
        } else {
            assertThat(shuffled).isEqualTo(decision);
        }
    }
}
