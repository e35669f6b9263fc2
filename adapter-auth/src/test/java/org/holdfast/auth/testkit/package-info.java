/**
 * For tests, ours and a host's: providers of identities that run on this machine and misbehave when
 * told to.
 */
@NullMarked
package org.holdfast.auth.testkit;

import org.jspecify.annotations.NullMarked;
