package org.holdfast.application.input;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;
import org.jspecify.annotations.Nullable;

/** Asks the domain. */
public final class IsValidator implements ConstraintValidator<Is, String> {

  private Is.@Nullable Rule rule;

  @Override
  public void initialize(Is annotation) {
    rule = annotation.value();
  }

  @Override
  public boolean isValid(@Nullable String given, ConstraintValidatorContext context) {
    if (rule == null) {
      throw new IllegalStateException("not initialised");
    }
    var fault = rule.fault(given);
    fault.ifPresent(
        f -> {
          context.disableDefaultConstraintViolation();
          context
              .unwrap(HibernateConstraintValidatorContext.class)
              .withDynamicPayload(f)
              .buildConstraintViolationWithTemplate("{" + f.rule() + "}")
              .addConstraintViolation();
        });
    return fault.isEmpty();
  }
}
