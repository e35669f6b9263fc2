package org.holdfast.mail;

import com.google.common.html.HtmlEscapers;
import java.util.List;
import org.holdfast.domain.Language;

/**
 * The page around a letter: readable without its style, in light and dark, at any width. It loads
 * nothing from anywhere.
 */
final class Frame {

  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="%1$s" dir="ltr">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
      <title>%2$s</title>
      <style>
      :root { color-scheme: light dark; }
      @media (prefers-color-scheme: dark) {
      body, .sheet { background: #15181d !important; color: #f1f3f5 !important; }
      a { color: #9cc2ff !important; }
      a.button { background: #9cc2ff !important; color: #10131a !important; }
      .small { color: #c3c9d1 !important; border-color: #4a515c !important; }
      }
      </style>
      </head>
      <body style="margin:0;padding:0;background:#ffffff;color:#1a1d21;">
      <div class="sheet" role="article" aria-label="%2$s" lang="%1$s" \
      style="max-width:38em;margin:0 auto;padding:24px;background:#ffffff;color:#1a1d21;\
      font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;\
      line-height:1.5;overflow-wrap:break-word;">
      %3$s
      %4$s</div>
      </body>
      </html>
      """;

  private static final String SMALL =
      """
      <div class="small" style="margin-top:32px;padding-top:8px;border-top:1px solid #b8bfc7;\
      font-size:16px;color:#4a5058;">
      %s
      </div>
      """;

  private static final String BUTTON =
      """
      <p><a class="button" href="%2$s" style="display:inline-block;padding:12px 20px;\
      border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:600;\
      text-decoration:none;">%1$s</a></p>
      <p style="word-break:break-all;"><a href="%2$s" style="color:#1d4ed8;">%2$s</a></p>""";

  private Frame() {}

  /** The blocks are markup already; the subject is not. */
  static String around(
      Language language, String subject, List<String> body, List<String> smallPrint) {
    return PAGE.formatted(
        language.tag(),
        HtmlEscapers.htmlEscaper().escape(subject),
        String.join("\n", body),
        smallPrint.isEmpty() ? "" : SMALL.formatted(String.join("\n", smallPrint)));
  }

  /** A link that cannot be missed, and its address beneath it for whoever would rather see it. */
  static String button(String label, String address) {
    return BUTTON.formatted(label, address);
  }

  /** A link in a paragraph of its own. */
  static String link(String label, String address) {
    return "<p>" + anchor(label, address) + "</p>";
  }

  /** A link within text. */
  static String anchor(String label, String address) {
    return "<a href=\"%s\" style=\"color:#1d4ed8;\">%s</a>".formatted(address, label);
  }
}
