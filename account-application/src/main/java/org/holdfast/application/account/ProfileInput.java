package org.holdfast.application.account;

import org.holdfast.application.input.Is;
import org.jspecify.annotations.Nullable;

/** A profile as typed; the e-mail address has its own way of changing. */
public record ProfileInput(
    @Is(Is.Rule.PERSON_NAME) @Nullable String firstName,
    @Is(Is.Rule.PERSON_NAME) @Nullable String lastName,
    @Is(Is.Rule.LANGUAGE) @Nullable String language,
    @Is(Is.Rule.TIME_ZONE) @Nullable String timeZone) {}
