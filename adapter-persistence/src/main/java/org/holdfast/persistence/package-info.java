/**
 * Everything kept in a relational database: H2, PostgreSQL or MariaDB. {@link
 * org.holdfast.persistence.Databases} opens one and gives all of the application's ports over it.
 */
@NullMarked
package org.holdfast.persistence;

import org.jspecify.annotations.NullMarked;
