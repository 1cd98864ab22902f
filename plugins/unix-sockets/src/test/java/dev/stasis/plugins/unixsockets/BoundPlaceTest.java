package dev.stasis.plugins.unixsockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stasis.linux.UnixPath;
import net.jqwik.api.Example;

class BoundPlaceTest {

    @Example
    void aNameIsAPathUpToItsEnd() {
        assertThat(BoundPlace.asPath("/run/a.sock\0".getBytes())).isEqualTo(UnixPath.of("/run/a.sock"));
        assertThat(BoundPlace.asPath("a".getBytes())).isEqualTo(UnixPath.of("a"));
    }

    @Example
    void namesAreMadePlain() {
        assertThat(BoundPlace.plain(UnixPath.of("./a/../b//c.sock"))).isEqualTo(UnixPath.of("b/c.sock"));
        assertThat(BoundPlace.plain(UnixPath.of("/run/a"))).isEqualTo(UnixPath.of("run/a"));
        assertThat(BoundPlace.plain(UnixPath.of("/../a"))).isEqualTo(UnixPath.of("a"));
    }

    /** Where that leads only the current directory says. */
    @Example
    void waysUpFromTheCurrentDirectoryStay() {
        assertThat(BoundPlace.plain(UnixPath.of("../a"))).isEqualTo(UnixPath.of("../a"));
        assertThat(BoundPlace.plain(UnixPath.of("b/../../../a"))).isEqualTo(UnixPath.of("../../a"));
    }

    @Example
    void descriptorsOnTheirWayAreCounted() {
        assertThat(TreeSockets.inFlight("scm_fds: 3\n")).isEqualTo(3);
        assertThat(TreeSockets.inFlight("")).isZero();
    }
}
