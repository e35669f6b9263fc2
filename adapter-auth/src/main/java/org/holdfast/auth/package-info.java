/**
 * What guards the customers' secrets: {@link Argon2Hasher} hashes passwords, {@link
 * ShippedPasswordLists} knows the ones that attackers try first, {@link ZxcvbnMeter} measures new
 * ones, and {@link TinkSealer} seals what must be read again. {@link YubicoServers} are asked what
 * a YubiKey typed; {@link OidcProvider} and {@link FacebookProvider} ask others who somebody is.
 */
@NullMarked
package org.holdfast.auth;

import org.jspecify.annotations.NullMarked;
