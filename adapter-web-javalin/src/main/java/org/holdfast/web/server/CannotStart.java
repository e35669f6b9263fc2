package org.holdfast.web.server;

import org.jspecify.annotations.Nullable;

/** Something around the server keeps it from starting. Its message is the operator's one line. */
final class CannotStart extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CannotStart(String line) {
    super(line, null, false, false);
  }

  /** The same, with what was heard last of those it came from. */
  static CannotStart because(String line, Throwable cause) {
    Throwable root = cause;
    @Nullable Throwable next = cause.getCause();
    while (next != null) {
      root = next;
      next = next.getCause();
    }
    var said = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return new CannotStart(line + ": " + said.lines().findFirst().orElse(""));
  }
}
