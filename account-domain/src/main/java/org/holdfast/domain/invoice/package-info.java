/** What an invoice shows, and what each country asks of an address on it. */
@NullMarked
package org.holdfast.domain.invoice;

import org.jspecify.annotations.NullMarked;
