/** The Your Profile page. */
@NullMarked
package org.holdfast.web.profile;

import org.jspecify.annotations.NullMarked;
