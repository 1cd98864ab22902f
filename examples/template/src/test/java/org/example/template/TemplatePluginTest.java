package org.example.template;

import dev.stasis.spi.StasisPlugin;
import dev.stasis.testkit.contract.PluginContract;

class TemplatePluginTest extends PluginContract {

    @Override
    protected StasisPlugin plugin() {
        return new TemplatePlugin();
    }
}
