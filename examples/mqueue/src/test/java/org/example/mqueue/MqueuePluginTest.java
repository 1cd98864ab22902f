package org.example.mqueue;

import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.PluginContract;

class MqueuePluginTest extends PluginContract {

    @Override
    protected StasisPlugin plugin() {
        return new MqueuePlugin();
    }
}
