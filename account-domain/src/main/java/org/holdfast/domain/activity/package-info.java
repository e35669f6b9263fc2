/**
 * What is written down about every act, and the chains that show whether anything was changed
 * afterwards.
 */
@NullMarked
package org.holdfast.domain.activity;

import org.jspecify.annotations.NullMarked;
