package org.holdfast.web.server;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wrote, still as text: a properties file, over it the environment, over that the
 * command line. A key {@code smtp.password-file} is {@code HOLDFAST_SMTP_PASSWORD_FILE} in the
 * environment and {@code --smtp.password-file} on the command line. A key nobody reads stops the
 * start, because a mistyped one would otherwise leave a default in force.
 */
final class Given {

  private static final String ENVIRONMENT = "HOLDFAST_";
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Splitter LIST = Splitter.on(',').trimResults().omitEmptyStrings();

  private final ImmutableMap<String, String> values;

  private Given(Map<String, String> values) {
    this.values = ImmutableMap.copyOf(values);
  }

  /**
   * Puts the three sources together.
   *
   * @param file which must exist when it is named
   * @throws WrongSetting for a key that is not among the known, or is there twice
   */
  static Given of(
      ImmutableSet<String> known,
      Optional<Path> file,
      Map<String, String> environment,
      Map<String, String> commandLine) {
    var values = new HashMap<String, String>();
    file.ifPresent(
        path ->
            read(path)
                .forEach(
                    (key, value) -> {
                      mustBeKnown(known, key, key);
                      values.put(key, value);
                    }));
    var names = new HashMap<String, String>();
    known.forEach(key -> names.put(variable(key), key));
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(ENVIRONMENT)) {
            var key = names.get(name);
            if (key == null) {
              throw new WrongSetting(name, "is not a setting" + hint(names.keySet(), name));
            }
            values.put(key, value);
          }
        });
    commandLine.forEach(
        (key, value) -> {
          mustBeKnown(known, key, "--" + key);
          values.put(key, value);
        });
    return new Given(values);
  }

  /** How a key is called in the environment. */
  static String variable(String key) {
    return ENVIRONMENT + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key)).map(String::strip).filter(t -> !t.isEmpty());
  }

  boolean has(String key) {
    return text(key).isPresent();
  }

  int number(String key, int otherwise) {
    return parsed(key, Integer::valueOf, "must be a whole number").orElse(otherwise);
  }

  boolean yes(String key, boolean otherwise) {
    return choice(key, ImmutableMap.of("yes", true, "no", false), otherwise);
  }

  <T> T choice(String key, ImmutableMap<String, T> choices, T otherwise) {
    var rule = "must be " + String.join(" or ", choices.keySet());
    return parsed(key, text -> unlessMissing(choices.get(text)), rule).orElse(otherwise);
  }

  Duration duration(String key, Duration otherwise) {
    return parsed(key, Given::duration, "must be a duration such as 100ms, 90s, 30m, 24h or 7d")
        .orElse(otherwise);
  }

  ImmutableList<String> list(String key) {
    return text(key).map(LIST::splitToList).map(ImmutableList::copyOf).orElse(ImmutableList.of());
  }

  /** A value as something else; where that is not possible, the rule is told. */
  <T> Optional<T> parsed(String key, Function<String, T> parse, String rule) {
    return text(key)
        .map(
            text -> {
              try {
                return parse.apply(text);
              } catch (IllegalArgumentException malformed) {
                throw new WrongSetting(key, rule);
              }
            });
  }

  /** The path a key names, which must lead to a file that can be read. */
  Optional<Path> file(String key) {
    return parsed(key, Path::of, "must name a file")
        .map(
            path -> {
              if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                throw new WrongSetting(key, "names a file that cannot be read");
              }
              return path;
            });
  }

  /** The secret in the file that a key names: its text without the line's end. */
  Optional<String> secret(String key) {
    return file(key).map(path -> secret(key, path));
  }

  /** The secret in this file. */
  static String secret(String key, Path path) {
    try {
      var text = Files.readString(path).stripTrailing();
      if (text.isEmpty()) {
        throw new WrongSetting(key, "names an empty file");
      }
      return text;
    } catch (IOException unreadable) {
      throw new WrongSetting(key, "names a file that cannot be read");
    }
  }

  private static Duration duration(String text) {
    var parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(text);
    }
    var amount = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static <T> T unlessMissing(@Nullable T found) {
    if (found == null) {
      throw new IllegalArgumentException();
    }
    return found;
  }

  private static Map<String, String> read(Path path) {
    var found = new HashMap<String, String>();
    var properties =
        new Properties() {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized @Nullable Object put(Object key, Object value) {
            if (found.put((String) key, (String) value) != null) {
              throw new WrongSetting((String) key, "stands twice in " + path);
            }
            return null;
          }
        };
    try {
      properties.load(new StringReader(Files.readString(path, StandardCharsets.UTF_8)));
    } catch (MalformedInputException notText) {
      throw new WrongSetting("settings", "must be UTF-8 text: " + path);
    } catch (IOException unreadable) {
      throw new WrongSetting("settings", "names a file that cannot be read: " + path);
    } catch (IllegalArgumentException malformed) {
      throw new WrongSetting("settings", "holds a malformed \\uxxxx: " + path);
    }
    return found;
  }

  private static void mustBeKnown(ImmutableSet<String> known, String key, String asWritten) {
    if (!known.contains(key)) {
      throw new WrongSetting(asWritten, "is not a setting" + hint(known, key));
    }
  }

  /** Names the setting that was probably meant. */
  private static String hint(Iterable<String> known, String key) {
    for (var candidate : known) {
      if (candidate.equals(key + "-file") || candidate.equals(key + "_FILE")) {
        return ": a secret is read from a file, see " + candidate;
      }
    }
    for (var candidate : known) {
      if (distance(candidate, key) <= 2) {
        return ": did you mean " + candidate + "?";
      }
    }
    return "";
  }

  /** How many letters must be changed to get from one word to the other (Levenshtein). */
  private static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (var j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (var i = 1; i <= a.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= b.length(); j++) {
        var above = row[j];
        var changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
