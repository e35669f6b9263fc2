/** Who hears about what. Somebody confirmed always hears about invoices. */
@NullMarked
package org.holdfast.domain.notification;

import org.jspecify.annotations.NullMarked;
