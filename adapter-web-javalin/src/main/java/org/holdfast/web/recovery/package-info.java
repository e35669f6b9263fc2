/** The pages on which a customer stops or furthers a recovery case, and their API. */
@NullMarked
package org.holdfast.web.recovery;

import org.jspecify.annotations.NullMarked;
