package org.holdfast.application.input;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.engine.HibernateConstraintViolation;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.holdfast.domain.Fault;
import org.holdfast.domain.InvalidInput;

/** Checks what a person or a host handed in: every broken field at once (Jakarta Validation). */
public final class Inputs {

  private static final class Holder { // made at first use: it takes a third of a second
    static final Validator VALIDATOR =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            .messageInterpolator(
                new ParameterMessageInterpolator(
                    java.util.Set.of(java.util.Locale.ENGLISH, java.util.Locale.GERMAN),
                    java.util.Locale.ENGLISH,
                    false))
            .buildValidatorFactory()
            .getValidator();
  }

  private Inputs() {}

  /**
   * Does nothing where every rule is kept.
   *
   * @throws InvalidInput telling every fault
   */
  public static void check(Object input) {
    check(input, List.of());
  }

  /**
   * The same, with faults found elsewhere told along.
   *
   * @throws InvalidInput telling every fault
   */
  public static void check(Object input, List<Fault> others) {
    var faults = new ArrayList<Fault>(faults(input));
    faults.addAll(others);
    if (!faults.isEmpty()) {
      throw new InvalidInput(faults);
    }
  }

  /** Everything wrong with this input, in the order of its field names. */
  public static ImmutableList<Fault> faults(Object input) {
    return Holder.VALIDATOR.validate(input).stream()
        .map(Inputs::fault)
        .sorted(Comparator.comparing(Fault::field))
        .collect(toImmutableList());
  }

  private static Fault fault(ConstraintViolation<?> violation) {
    var field = violation.getPropertyPath().toString().replaceAll("\\[\\]|\\.<[a-z ]+>", "");
    HibernateConstraintViolation<?> ours = violation.unwrap(HibernateConstraintViolation.class);
    var told = ours.getDynamicPayload(Fault.class);
    return told != null
        ? new Fault(field, told.rule(), told.limits())
        : new Fault(field, "required"); // @NotNull is the one constraint that is not ours
  }
}
