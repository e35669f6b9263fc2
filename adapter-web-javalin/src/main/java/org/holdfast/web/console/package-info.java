/**
 * The console, at which staff work: a site of its own, reached at another address than the portal.
 * {@link org.holdfast.web.console.Console} puts it into a Javalin server.
 */
@NullMarked
package org.holdfast.web.console;

import org.jspecify.annotations.NullMarked;
