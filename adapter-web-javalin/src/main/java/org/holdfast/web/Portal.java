package org.holdfast.web;

import io.javalin.http.Handler;

/** What every group of pages works with. */
public record Portal(Pages pages, Forms forms, Visits visits, Cookies cookies) {

  /** A button that is no page. */
  public void button(String path, String page, Handler pressed) {
    pages.button(path, page, pressed);
  }
}
