/** The support desk: verified calls, what they allow, and recovery cases. */
@NullMarked
package org.holdfast.domain.support;

import org.jspecify.annotations.NullMarked;
