/** The page of where one is signed in. */
@NullMarked
package org.holdfast.web.session;

import org.jspecify.annotations.NullMarked;
