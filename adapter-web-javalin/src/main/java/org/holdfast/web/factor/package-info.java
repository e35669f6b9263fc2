/** The pages of second factors, and their API. */
@NullMarked
package org.holdfast.web.factor;

import org.jspecify.annotations.NullMarked;
