package org.holdfast.application.input;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;
import org.holdfast.domain.invoice.BillingAddress;
import org.jspecify.annotations.Nullable;

/** The address must be complete by its country's rules; they stand in the domain. */
@Documented
@Constraint(validatedBy = IsBillingAddress.Validator.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface IsBillingAddress {

  String message() default "";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Asks the domain, and tells each fault of its own line. */
  final class Validator implements ConstraintValidator<IsBillingAddress, AddressInput> {
    @Override
    public boolean isValid(@Nullable AddressInput a, ConstraintValidatorContext context) {
      if (a == null) {
        return true; // whether there must be one is the owner's rule
      }
      var faults =
          BillingAddress.faults(
              a.line1(), a.line2(), a.city(), a.region(), a.postcode(), a.country());
      context.disableDefaultConstraintViolation();
      for (var fault : faults) {
        context
            .unwrap(HibernateConstraintValidatorContext.class)
            .withDynamicPayload(fault)
            .buildConstraintViolationWithTemplate("{" + fault.rule() + "}")
            .addPropertyNode(fault.field())
            .addConstraintViolation();
      }
      return faults.isEmpty();
    }
  }
}
