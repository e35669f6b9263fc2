/** For tests, ours and a host's: YubiKeys made of software, and a validation server for them. */
@NullMarked
package org.holdfast.auth.testkit;

import org.jspecify.annotations.NullMarked;
