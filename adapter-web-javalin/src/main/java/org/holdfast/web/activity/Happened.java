package org.holdfast.web.activity;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.holdfast.application.activity.ReadActivity.Told;
import org.holdfast.domain.session.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, as JSON and files show it.
 *
 * @param about the group of acts it belongs to
 * @param account the number of the account it concerns; nothing where it concerns the user
 */
public record Happened(
    UUID id,
    Instant at,
    String act,
    String about,
    @Nullable String account,
    @Nullable String address,
    @Nullable String device,
    Map<String, String> details) {

  static Happened of(Told told) {
    var happening = told.entry().happening();
    return new Happened(
        told.entry().id(),
        happening.at(),
        happening.what().key(),
        happening.what().group().key(),
        told.account().orElse(null),
        happening.where().map(Origin::address).orElse(null),
        happening.where().map(Origin::device).orElse(null),
        happening.details());
  }
}
