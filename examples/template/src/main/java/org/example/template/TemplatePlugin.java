package org.example.template;

import dev.stasis.spi.FdKind;
import dev.stasis.spi.StasisPlugin;
import java.util.Collection;
import java.util.List;

/** What the plugin adds. */
public final class TemplatePlugin implements StasisPlugin {

    @Override
    public String id() {
        return "template";
    }

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public Collection<FdKind> fdKinds() {
        return List.of(new TemplateKind());
    }
}
