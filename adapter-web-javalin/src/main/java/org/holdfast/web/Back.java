package org.holdfast.web;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a visitor goes on after signing in: a page of ours, whatever the request says. Only plain
 * paths are let through, so that no spelling of another site's address can be one.
 */
public final class Back {

  private static final Pattern OURS = Pattern.compile("(/[A-Za-z0-9-]+)+");
  private static final int MAX = 300;

  private Back() {}

  /** This path where it is one of ours, else the front page. */
  public static String to(@Nullable String path) {
    return path != null && path.length() <= MAX && OURS.matcher(path).matches() ? path : "/";
  }
}
