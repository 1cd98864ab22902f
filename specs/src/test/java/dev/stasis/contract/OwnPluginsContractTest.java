package dev.stasis.contract;

import dev.stasis.plugins.detachedmounts.DetachedMountsPlugin;
import dev.stasis.plugins.epoll.EpollPlugin;
import dev.stasis.plugins.eventfds.EventfdsPlugin;
import dev.stasis.plugins.filelocks.FileLocksPlugin;
import dev.stasis.plugins.ghostfiles.GhostFilesPlugin;
import dev.stasis.plugins.inetsockets.InetSocketsPlugin;
import dev.stasis.plugins.inheritfd.InheritFdPlugin;
import dev.stasis.plugins.inotify.InotifyPlugin;
import dev.stasis.plugins.memfds.MemfdsPlugin;
import dev.stasis.plugins.pipes.PipesPlugin;
import dev.stasis.plugins.regularfiles.RegularFilesPlugin;
import dev.stasis.plugins.signalfds.SignalfdsPlugin;
import dev.stasis.plugins.timerfds.TimerfdsPlugin;
import dev.stasis.plugins.ttys.TtysPlugin;
import dev.stasis.plugins.unixsockets.UnixSocketsPlugin;
import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.PluginContract;
import org.junit.jupiter.api.Nested;

/** The entry of each of our plugins is as the contract wants it. */
class OwnPluginsContractTest {

    @Nested
    class DetachedMounts extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new DetachedMountsPlugin();
        }
    }

    @Nested
    class Epoll extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new EpollPlugin();
        }
    }

    @Nested
    class Eventfds extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new EventfdsPlugin();
        }
    }

    @Nested
    class FileLocks extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new FileLocksPlugin();
        }
    }

    @Nested
    class GhostFiles extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new GhostFilesPlugin();
        }
    }

    @Nested
    class InetSockets extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new InetSocketsPlugin();
        }
    }

    @Nested
    class InheritFd extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new InheritFdPlugin();
        }
    }

    @Nested
    class Inotify extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new InotifyPlugin();
        }
    }

    @Nested
    class Memfds extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new MemfdsPlugin();
        }
    }

    @Nested
    class Pipes extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new PipesPlugin();
        }
    }

    @Nested
    class RegularFiles extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new RegularFilesPlugin();
        }
    }

    @Nested
    class Signalfds extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new SignalfdsPlugin();
        }
    }

    @Nested
    class Timerfds extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new TimerfdsPlugin();
        }
    }

    @Nested
    class Ttys extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new TtysPlugin();
        }
    }

    @Nested
    class UnixSockets extends PluginContract {
        @Override
        protected StasisPlugin plugin() {
            return new UnixSocketsPlugin();
        }
    }
}
