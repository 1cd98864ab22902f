package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Headers of OSGi manifests are taken apart by their common syntax. */
class ManifestHeaderTest {

    @Test
    void commasInQuotesBelongToTheVersionRange() {
        assertThat(ManifestHeader.parse("a.b;version=\"[1.0,2)\",c"))
                .containsExactly(new ManifestHeader.Clause("a.b", Map.of("version", "[1.0,2)")),
                        new ManifestHeader.Clause("c", Map.of()));
    }

    @Test
    void severalNamesShareTheParametersThatFollowThem() {
        assertThat(ManifestHeader.parse("a; b ; version=1.2 ; resolution:=optional")).containsExactly(
                new ManifestHeader.Clause("a", Map.of("version", "1.2", "resolution:", "optional")),
                new ManifestHeader.Clause("b", Map.of("version", "1.2", "resolution:", "optional")));
    }

    @Test
    void noHeaderHasNoNames() {
        assertThat(ManifestHeader.parse(null)).isEmpty();
        assertThat(ManifestHeader.parse("")).isEmpty();
    }

    @Property
    void whatIsJoinedComesApartAgain(
            @ForAll @Size(max = 8) List<@AlphaChars @StringLength(min = 1, max = 12) String> names) {
        List<String> clauses = new ArrayList<>();
        for (String name : names) {
            clauses.add(name + ";uses:=\"" + name + ",;=x\"");
        }
        assertThat(ManifestHeader.parse(String.join(",", clauses)))
                .extracting(ManifestHeader.Clause::name).isEqualTo(names);
        assertThat(ManifestHeader.parse(String.join(",", clauses)))
                .allSatisfy(clause -> assertThat(clause.parameter("uses:", "")).isEqualTo(clause.name() + ",;=x"));
    }

    @Test
    void aServicesFileHasOneClassALineAndComments() {
        assertThat(PluginJar.classNames("# all of them\na.B # the first\n\n  c.D  \r\na.B")).containsExactly("a.B", "c.D");
    }
}
