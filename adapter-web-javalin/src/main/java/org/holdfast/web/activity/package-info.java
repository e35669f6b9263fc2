/** The page of security activity, and what can be taken home of it. */
@NullMarked
package org.holdfast.web.activity;

import org.jspecify.annotations.NullMarked;
