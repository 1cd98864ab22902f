package dev.stasis.linux.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelProbeTest {

    @Test
    void thisKernelHasAllThatIsRequired() {
        assertThat(KernelProbe.features()).filteredOn(Feature::isMissingAndRequired).isEmpty();
    }

    @Test
    void everyFeatureSaysWhatItIsForAndWhatHelps() {
        assertThat(KernelProbe.features()).allSatisfy(feature -> {
            assertThat(feature.purpose()).isNotBlank();
            assertThat(feature.help()).isNotBlank();
        }).extracting(Feature::name).doesNotHaveDuplicates().contains("pidfd_getfd", "PAGEMAP_SCAN");
    }
}
