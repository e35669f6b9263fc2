package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.util.regex.Pattern;

/** A piece of a letter's text, for the mailbox page: a link, or what stands between links. */
public record Piece(String text, boolean isLink) {

  private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"]+[^\\s<>\".,;:!?)]");

  /** A text in its pieces. */
  public static ImmutableList<Piece> of(String text) {
    var pieces = ImmutableList.<Piece>builder();
    var links = LINK.matcher(text);
    var from = 0;
    while (links.find()) {
      pieces.add(new Piece(text.substring(from, links.start()), false));
      pieces.add(new Piece(links.group(), true));
      from = links.end();
    }
    return pieces.add(new Piece(text.substring(from), false)).build();
  }
}
