/**
 * For tests, ours and a host's: everything in memory, a clock that moves when told, and the
 * contract of every port, to be run against an adapter of one's own.
 */
@NullMarked
package org.holdfast.application.testkit;

import org.jspecify.annotations.NullMarked;
