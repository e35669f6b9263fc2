/** What the rules must find. */
@org.jspecify.annotations.NullMarked
package org.holdfast.application.planted;
