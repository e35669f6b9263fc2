package org.holdfast.application.link;

import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.EmailAddress;

/**
 * A link that is out: mailed to one address, for one purpose, about one subject, good until then
 * and for once. Its secret is only in the letter.
 *
 * @param fingerprint of the secret
 * @param version of what it was made for (a password's version): another one makes it worthless
 * @param payload what it will do, where that is not stored elsewhere; kept sealed
 */
public record MailedLink(
    String fingerprint,
    Purpose purpose,
    UUID subject,
    EmailAddress address,
    long version,
    ImmutableMap<String, String> payload,
    Instant expiresAt) {}
