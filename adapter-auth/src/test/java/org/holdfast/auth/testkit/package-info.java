/**
 * For tests, ours and a host's: YubiKeys made of software with a validation server for them, and
 * providers of identities that run on this machine and misbehave when told to.
 */
@NullMarked
package org.holdfast.auth.testkit;

import org.jspecify.annotations.NullMarked;
