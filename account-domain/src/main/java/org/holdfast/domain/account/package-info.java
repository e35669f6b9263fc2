/** Whom an account belongs to, who signs in, and what invoices say. */
@NullMarked
package org.holdfast.domain.account;

import org.jspecify.annotations.NullMarked;
