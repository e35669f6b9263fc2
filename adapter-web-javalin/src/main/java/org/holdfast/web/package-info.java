/**
 * The portal's pages and the JSON API over HTTP. A route parses, calls one use case and answers: no
 * decision about accounts is made here.
 *
 * <p>{@link org.holdfast.web.Web} puts it into a Javalin server, {@link
 * org.holdfast.web.console.Console} the staff's console into another; {@link org.holdfast.web.Site}
 * is what both have in common. On the way in, {@link org.holdfast.web.SameOrigin} turns away what
 * another site sends, {@link org.holdfast.web.Forms} and {@link org.holdfast.web.Json} take nothing
 * that is not understood to the last field, and {@link org.holdfast.web.Visits} finds out who is
 * asking. On the way out, {@link org.holdfast.web.Pages} renders, {@link org.holdfast.web.Answers}
 * words every no, and {@link org.holdfast.web.Headers} tells browsers what they must not do.
 */
@NullMarked
package org.holdfast.web;

import org.jspecify.annotations.NullMarked;
