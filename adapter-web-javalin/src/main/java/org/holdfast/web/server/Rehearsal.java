package org.holdfast.web.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** What a start is tried out with. */
final class Rehearsal {

  private static final List<String> PAGES = List.of("/sign-in", "/register", "/forgot", "/ready");

  private Rehearsal() {}

  /** Looks at some pages, as the first customers will. */
  static void visit(URI portal) throws IOException {
    for (var page : PAGES) {
      var connection = (HttpURLConnection) portal.resolve(page).toURL().openConnection();
      connection.getResponseCode();
      connection.disconnect();
    }
  }

  /** Removes the folder it was done in. */
  static void clear(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
