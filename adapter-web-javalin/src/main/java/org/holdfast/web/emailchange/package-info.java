/** The pages of changing an e-mail address: asking, confirming, undoing. */
@NullMarked
package org.holdfast.web.emailchange;

import org.jspecify.annotations.NullMarked;
