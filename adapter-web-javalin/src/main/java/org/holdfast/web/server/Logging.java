package org.holdfast.web.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: on standard error, as lines to read or as JSON. Nothing that opens something is written:
 * no query string, no cookie, no body, no word of a letter.
 */
final class Logging {

  private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n";

  private Logging() {}

  static void start(Settings.LogFormat format) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(
        switch (format) {
          case PLAIN -> plain(context);
          case JSON -> json(context);
        });
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("org.holdfast").setLevel(Level.INFO);
    // It warns of every H2 newer than the one it was tried with; ours are tried by our tests.
    context.getLogger("org.flywaydb").setLevel(Level.ERROR);
    context.getLogger("org.jooq").setLevel(Level.ERROR);
    // It warns of each key that is there already, with the key: of two who come at once, the
    // second.
    context.getLogger("org.mariadb.jdbc").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> plain(LoggerContext context) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(LINE);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    var encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}
