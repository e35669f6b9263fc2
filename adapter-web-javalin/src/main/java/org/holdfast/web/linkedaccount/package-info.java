/** The pages of linked accounts, and their API. */
@NullMarked
package org.holdfast.web.linkedaccount;

import org.jspecify.annotations.NullMarked;
