package org.holdfast.application.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.common.collect.ImmutableSortedMap;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.holdfast.application.Holdfast;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Secret;
import org.holdfast.domain.credential.Password;
import org.holdfast.domain.factor.Factor;
import org.holdfast.domain.session.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Which of all that somebody signed in can do needs a fresh proof, and which. Whatever a use case
 * offers has to be in this table: what is not is a failure, so that nothing sensitive can be
 * written without anybody deciding about it.
 */
class StepUpTest {

  /**
   * Done with a session alone, as they neither change how one signs in nor where one is reached.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          "ChangeEmail.pending",
          "CheckLockOut.check",
          "ChangeEmail.withdraw", // stops a change
          "ChangePassword.minLength",
          "Deliveries.log",
          "EditAccount.bill",
          "EditAccount.change",
          "EditAccount.demandsFactor",
          "EditAccount.hearAbout",
          "EditAccount.mine",
          "EditAccount.page",
          "EditContacts.add",
          "EditContacts.edit",
          "EditContacts.page",
          "EditContacts.find",
          "EditContacts.remove",
          "EditContacts.resend",
          "EditFactors.overview",
          "EditFactors.rename",
          "EditProfile.change",
          "LinkAccounts.list",
          "Notify.recipients",
          "ReadActivity.all",
          "ReadActivity.page",
          "RecoverAccess.of",
          "RecoverAccess.openOf",
          "RecoverAccess.veto", // stops a change
          "Sessions.end",
          "Sessions.endOthers",
          "Sessions.list");

  /** They ask for the proof itself, each time. */
  private static final Set<String> PROOFS =
      Set.of(
          "ChangePassword.change", // the current password, whatever was proved before
          "LinkAccounts.beginStepUp",
          "SignIn.mustBeCurrent",
          "SignIn.stepUp");

  private static final ImmutableSortedMap<String, Step> SENSITIVE =
      ImmutableSortedMap.<String, Step>naturalOrder()
          .put("ChangeEmail.align", Step.ALIGN_ACCOUNT)
          .put("ChangeEmail.request", Step.CHANGE_EMAIL)
          .put("EditAccount.demandFactor", Step.DEMAND_FACTOR)
          .put("EditFactors.addYubiKey", Step.ADD_FACTOR)
          .put("EditFactors.beginTotp", Step.ADD_FACTOR)
          .put("EditFactors.begunTotp", Step.ADD_FACTOR)
          .put("EditFactors.confirmTotp", Step.ADD_FACTOR)
          .put("EditFactors.makeRecoveryCodes", Step.MAKE_RECOVERY_CODES)
          .put("EditFactors.remove", Step.REMOVE_FACTOR)
          .put("KeepSupportPin.replace", Step.SEE_SUPPORT_PIN)
          .put("KeepSupportPin.show", Step.SEE_SUPPORT_PIN)
          .put("LinkAccounts.beginLink", Step.LINK_ACCOUNT)
          .put("LinkAccounts.unlink", Step.UNLINK_ACCOUNT)
          .build();

  private final InMemoryHoldfast memory = new InMemoryHoldfast();

  @Test
  void whatever_can_be_done_is_in_the_table() {
    var known = new TreeSet<>(SENSITIVE.keySet());
    known.addAll(HARMLESS);
    known.addAll(PROOFS);
    assertThat(useCases().keySet()).containsExactlyElementsOf(known);
    assertThat(SENSITIVE.values()).containsAll(Set.of(Step.values()));
  }

  @TestFactory
  Collection<DynamicTest> what_is_sensitive_is_refused_without_a_fresh_proof() {
    memory.customer("ada@example.com");
    var who = memory.signIn("ada@example.com");
    memory.clock.pass(Duration.ofMinutes(10).plusMillis(1));
    var before = memory.letters().size();
    return SENSITIVE.keySet().stream()
        .flatMap(
            name ->
                useCases().getOrDefault(name, Map.of()).entrySet().stream()
                    .map(
                        method ->
                            DynamicTest.dynamicTest(
                                name,
                                () -> {
                                  assertThat(refusal(method.getKey(), method.getValue(), who))
                                      .isEqualTo(Refusal.Reason.STEP_UP_NEEDED);
                                  assertThat(memory.letters()).hasSize(before);
                                })))
        .toList();
  }

  private static Refusal.Reason refusal(Method method, Object useCase, SignedIn who)
      throws IllegalAccessException {
    try {
      method.invoke(
          useCase, Arrays.stream(method.getParameterTypes()).map(t -> value(t, who)).toArray());
      return fail("%s went on", method);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof Refusal no) {
        return no.reason();
      }
      return fail("%s threw %s", method, thrown.getCause());
    }
  }

  private static @Nullable Object value(Class<?> type, SignedIn who) {
    if (type == SignedIn.class) {
      return who;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == String.class) {
      return "x";
    }
    if (type == Secret.class) {
      return Secret.generate(new Random(1));
    }
    if (type == Password.class) {
      return new Password("x");
    }
    if (type == Factor.Id.class) {
      return new Factor.Id(new UUID(1, 1));
    }
    if (type == UUID.class) {
      return new UUID(1, 1);
    }
    if (type == Optional.class) {
      return Optional.empty();
    }
    return fail("no value for %s", type);
  }

  /** Every public method of a use case that somebody signed in calls, by class and name. */
  private Map<String, Map<Method, Object>> useCases() {
    var all = new TreeMap<String, Map<Method, Object>>();
    for (var accessor : Holdfast.class.getMethods()) {
      if (accessor.getParameterCount() > 0
          || !accessor.getReturnType().getName().startsWith("org.holdfast.application.")) {
        continue;
      }
      var useCase = invoke(accessor);
      for (var method : accessor.getReturnType().getDeclaredMethods()) {
        if (java.lang.reflect.Modifier.isPublic(method.getModifiers())
            && Arrays.asList(method.getParameterTypes()).contains(SignedIn.class)) {
          all.computeIfAbsent(
                  accessor.getReturnType().getSimpleName() + "." + method.getName(),
                  any -> new java.util.LinkedHashMap<>())
              .put(method, useCase);
        }
      }
    }
    return all;
  }

  private Object invoke(Method accessor) {
    try {
      return accessor.invoke(memory.holdfast);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
