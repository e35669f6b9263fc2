/** Where someone is signed in, and when they must prove again who they are. */
@NullMarked
package org.holdfast.domain.session;

import org.jspecify.annotations.NullMarked;
