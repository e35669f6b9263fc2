package org.holdfast.web;

import io.javalin.apibuilder.ApiBuilder;
import io.javalin.http.Handler;

/** What every group of pages works with. */
public record Portal(Pages pages, Forms forms, Visits visits, Cookies cookies) {

  /**
   * A button that is no page. Its address, opened instead of posted to, leads to the page it is on:
   * so does signing in again after the session has ended.
   */
  public void button(String path, String page, Handler pressed) {
    ApiBuilder.post(path, pressed);
    ApiBuilder.get(
        path,
        ctx -> {
          var there = page;
          for (var parameter : ctx.pathParamMap().entrySet()) {
            there = there.replace("{" + parameter.getKey() + "}", parameter.getValue());
          }
          pages.go(ctx, Back.to(there));
        });
  }
}
