/**
 * Security activity: written down with each act, read and taken home by whoever it is about, and
 * verified by the operator. {@link Activity#record} chains each happening to the one before.
 */
@NullMarked
package org.holdfast.application.activity;

import org.jspecify.annotations.NullMarked;
