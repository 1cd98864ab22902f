package dev.stasis.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** What the framework is told of the system is always something it understands. */
class BundleFrameworkTest {

    @Test
    void theKernelsVersionIsCutToItsNumbers() {
        assertThat(BundleFramework.systemVersion("6.18.44-fc-v669")).isEqualTo("6.18.44");
        assertThat(BundleFramework.systemVersion("6.1.0.15-amd64")).isEqualTo("6.1.0");
        assertThat(BundleFramework.systemVersion("6-next")).isEqualTo("6");
        assertThat(BundleFramework.systemVersion("unknown")).isEqualTo("0");
    }

    @Property
    void anyVersionGivesOneThatOsgiUnderstands(
            @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 1_000_000) Integer> numbers, @ForAll String suffix) {
        StringBuilder version = new StringBuilder();
        for (int number : numbers) {
            version.append(version.length() == 0 ? "" : ".").append(number);
        }
        String system = BundleFramework.systemVersion(version + "-" + suffix);
        assertThat(Version.parseVersion(system).getMajor()).isEqualTo(numbers.get(0));
    }
}
