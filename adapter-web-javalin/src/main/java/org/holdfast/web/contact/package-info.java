/** The Contacts pages. */
@NullMarked
package org.holdfast.web.contact;

import org.jspecify.annotations.NullMarked;
