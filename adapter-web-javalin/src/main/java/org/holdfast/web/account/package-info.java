/** The Account Details page. */
@NullMarked
package org.holdfast.web.account;

import org.jspecify.annotations.NullMarked;
