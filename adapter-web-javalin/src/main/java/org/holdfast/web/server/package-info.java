/**
 * The reference server: Holdfast with a database, a mail server and the portal's pages, ready to
 * run beside any application.
 *
 * <p>This is the one place where adapters are put together; everything else in {@code
 * org.holdfast.web} knows use cases only. {@link org.holdfast.web.server.Main} reads the command
 * line, {@link org.holdfast.web.server.Settings} what the operator decided.
 */
@NullMarked
package org.holdfast.web.server;

import org.jspecify.annotations.NullMarked;
