package dev.stasis.host.log;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;

/**
 * Writes the log through log4j2, set up by program: no configuration file, no scan for plugins, no shutdown hook, no JMX.
 * This is the only class that knows log4j2; it is loaded on the log's own thread and only when there is something to log.
 */
final class Log4jSink implements LogSink {
    private final LoggerContext context;
    private final Logger logger;

    private Log4jSink(LoggerContext context) {
        this.context = context;
        this.logger = context.getLogger("stasis");
    }

    /** Starts log4j2 for {@code settings}. */
    static Log4jSink open(LogSettings settings) {
        System.setProperty("log4j2.disableJmx", "true");
        System.setProperty("log4j2.StatusLogger.level", "OFF");
        LoggerContext context = new LoggerContext("stasis");
        context.start(new Setup(context, appender(settings)));
        return new Log4jSink(context);
    }

    private static Appender appender(LogSettings settings) {
        LogLayout layout = new LogLayout();
        if (settings.file().isPresent()) {
            return FileAppender.newBuilder().setName("file").setLayout(layout).withAppend(false)
                    .withFileName(settings.file().get().toString()).build();
        }
        return ConsoleAppender.newBuilder().setName("terminal").setLayout(layout)
                .setTarget(ConsoleAppender.Target.SYSTEM_ERR).build();
    }

    @Override
    public void write(LogEntry entry) {
        logger.log(level(entry.level()), new LoggedLine(entry), entry.failure());
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    @Override
    public void close() {
        context.stop();
    }

    /** A configuration with one appender for everything; what is wanted was decided before. */
    private static final class Setup extends AbstractConfiguration {
        private final Appender appender;

        Setup(LoggerContext context, Appender appender) {
            super(context, ConfigurationSource.NULL_SOURCE);
            this.appender = appender;
        }

        @Override
        protected void doConfigure() {
            appender.start();
            addAppender(appender);
            getRootLogger().addAppender(appender, null, null);
            getRootLogger().setLevel(Level.ALL);
        }

        @Override
        public void initialize() {
            doConfigure();
        }
    }
}
