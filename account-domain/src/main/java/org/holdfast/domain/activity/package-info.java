/** What is written down about every act. */
@NullMarked
package org.holdfast.domain.activity;

import org.jspecify.annotations.NullMarked;
