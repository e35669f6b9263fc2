package org.holdfast.application.input;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.BiFunction;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.Fault;
import org.holdfast.domain.Language;
import org.holdfast.domain.Text;
import org.holdfast.domain.notification.Category;
import org.jspecify.annotations.Nullable;

/** The text must follow one of the domain's rules; the rule itself stands in the domain. */
@Documented
@Constraint(validatedBy = IsValidator.class)
@Target({
  ElementType.FIELD,
  ElementType.PARAMETER,
  ElementType.RECORD_COMPONENT,
  ElementType.TYPE_USE
})
@Retention(RetentionPolicy.RUNTIME)
public @interface Is {

  Rule value();

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** The domain's rules that a single text can follow. */
  enum Rule {
    PERSON_NAME(Text.PERSON_NAME),
    CONTACT_NAME(Text.CONTACT_NAME),
    COMPANY(Text.COMPANY),
    PHONE(Text.PHONE),
    TAX_ID(Text.TAX_ID),
    SUBJECT(Text.SUBJECT),
    BODY(Text.BODY),
    IDEMPOTENCY_KEY(Text.IDEMPOTENCY_KEY),
    LABEL(Text.LABEL),
    EMAIL(EmailAddress::fault),
    LANGUAGE(Language::fault),
    CATEGORY(Category::fault),
    TIME_ZONE(Rule::timeZoneFault);

    private final BiFunction<String, @Nullable String, Optional<Fault>> fault;

    Rule(Text text) {
      this(text::fault);
    }

    Rule(BiFunction<String, @Nullable String, Optional<Fault>> fault) {
      this.fault = fault;
    }

    Optional<Fault> fault(@Nullable String given) {
      return fault.apply("", given);
    }

    private static Optional<Fault> timeZoneFault(String field, @Nullable String given) {
      try {
        if (given != null && ZoneId.getAvailableZoneIds().contains(ZoneId.of(given).getId())) {
          return Optional.empty();
        }
      } catch (DateTimeException notAZone) {
        // told below
      }
      return Optional.of(new Fault(field, "time_zone"));
    }
  }
}
