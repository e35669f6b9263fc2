package org.holdfast.application.support;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.holdfast.application.Holdfast;
import org.holdfast.application.mail.Letter;
import org.holdfast.application.staff.SignedInStaff;
import org.holdfast.application.testkit.InMemoryHoldfast;
import org.holdfast.application.testkit.StaffAtWork;
import org.holdfast.application.testkit.StaffAtWork.Worker;
import org.holdfast.domain.Refusal;
import org.holdfast.domain.Refusal.Reason;
import org.holdfast.domain.account.Account;
import org.holdfast.domain.staff.Role;
import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;
import org.holdfast.domain.support.Act;
import org.holdfast.domain.support.Grant;
import org.holdfast.domain.support.Method;
import org.holdfast.domain.support.RecoveryCase;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every use case of staff is done in every role, under every kind of grant, and is refused just
 * where the table {@link Act} says so. A use case that is not listed here is a failure, so that
 * none can be written that asks for nothing.
 */
class ActMatrixTest {

  /** What a use case is done under. */
  private enum Under {
    NO_GRANT,
    SUPPORT_PIN,
    MAILED_CODE,
    NOTHING,
    EXPIRED,
    ENDED,
    ANOTHERS;

    Optional<Method> method() {
      return switch (this) {
        case SUPPORT_PIN -> Optional.of(Method.SUPPORT_PIN);
        case MAILED_CODE -> Optional.of(Method.MAILED_CODE);
        case NOTHING -> Optional.of(Method.NOTHING);
        default -> Optional.empty();
      };
    }
  }

  /** The use cases that only end or prove a session of one's own. */
  private static final ImmutableSet<String> OWN_SESSION =
      ImmutableSet.of("SignInStaff.changePassword", "SignInStaff.signOut", "SignInStaff.stepUp");

  private record UseCase(Act act, BiFunction<Scene, SignedInStaff, ?> call) {}

  private static final ImmutableMap<String, UseCase> USE_CASES =
      ImmutableMap.<String, UseCase>builder()
          .put("AnswerCall.find", on(Act.FIND_ACCOUNT, (s, w) -> s.calls().find(w, "lovelace")))
          .put(
              "AnswerCall.byPin",
              on(Act.VERIFY_CALLER, (s, w) -> s.calls().byPin(w, s.number(), s.pin)))
          .put(
              "AnswerCall.mailCode",
              on(Act.VERIFY_CALLER, (s, w) -> s.calls().mailCode(w, s.number())))
          .put(
              "AnswerCall.byCode",
              on(Act.VERIFY_CALLER, (s, w) -> s.calls().byCode(w, UUID.randomUUID(), "12345678")))
          .put(
              "AnswerCall.withoutProof",
              on(Act.VERIFY_CALLER, (s, w) -> s.calls().withoutProof(w, s.number())))
          .put("AnswerCall.open", on(Act.VERIFY_CALLER, (s, w) -> s.calls().open(w)))
          .put(
              "AnswerCall.end",
              on(
                  Act.VERIFY_CALLER,
                  (s, w) -> {
                    s.calls().end(w, s.calls().withoutProof(w, s.number()).id());
                    return true;
                  }))
          .put("HelpCaller.beside", on(Act.SEE_DETAILS, (s, w) -> s.details(w)))
          .put(
              "HelpCaller.sendResetLink",
              does(Act.SEND_RESET_LINK, (s, w) -> s.help().sendResetLink(w, s.grant)))
          .put(
              "HelpCaller.unlockSignIn",
              does(Act.UNLOCK_SIGN_IN, (s, w) -> s.help().unlockSignIn(w, s.grant)))
          .put(
              "HelpCaller.givePin",
              on(Act.GIVE_SUPPORT_PIN, (s, w) -> s.help().givePin(w, s.grant)))
          .put(
              "HelpCaller.replacePin",
              on(Act.REPLACE_SUPPORT_PIN, (s, w) -> s.help().replacePin(w, s.grant)))
          .put(
              "HelpCaller.sendAdvice",
              does(Act.SEND_ADVICE, (s, w) -> s.help().sendAdvice(w, s.grant)))
          .put(
              "HelpCaller.asCustomer",
              on(Act.SEE_AS_CUSTOMER, (s, w) -> s.help().asCustomer(w, s.grant)))
          .put("RecoverAccess.open", on(Act.OPEN_CASE, Scene::open))
          .put(
              "RecoverAccess.list",
              on(Act.SEE_CASES, (s, w) -> s.recover().list(w, true, Optional.empty(), 10)))
          .put(
              "RecoverAccess.find",
              on(Act.SEE_CASES, (s, w) -> s.recover().find(w, s.openedByAnn())))
          .put(
              "RecoverAccess.approve",
              does(Act.DECIDE_CASE, (s, w) -> s.recover().approve(w, s.openedByAnn())))
          .put(
              "RecoverAccess.refuse",
              does(Act.DECIDE_CASE, (s, w) -> s.recover().refuse(w, s.openedByAnn())))
          .put(
              "RecoverAccess.withdraw",
              does(Act.WITHDRAW_CASE, (s, w) -> s.recover().withdraw(w, s.openedBy(w))))
          .put(
              "ReadStaffLog.own",
              on(
                  Act.SEE_OWN_LOG,
                  (s, w) -> s.all.holdfast.readStaffLog().own(w, Optional.empty(), 10)))
          .put(
              "ReadStaffLog.numbers",
              on(
                  Act.SEE_NUMBERS,
                  (s, w) -> s.all.holdfast.readStaffLog().numbers(w, Duration.ofDays(1))))
          .put("KeepStaff.list", on(Act.SEE_STAFF, (s, w) -> s.all.holdfast.keepStaff().list(w)))
          .put(
              "KeepStaff.find",
              on(Act.SEE_STAFF, (s, w) -> s.all.holdfast.keepStaff().find(w, s.other)))
          .put(
              "KeepStaff.invite",
              on(
                  Act.KEEP_STAFF,
                  (s, w) ->
                      s.all
                          .holdfast
                          .keepStaff()
                          .invite(w, "Eve", UUID.randomUUID() + "@example.com", "agent", "en")))
          .put(
              "KeepStaff.inviteAnew",
              does(Act.KEEP_STAFF, (s, w) -> s.all.holdfast.keepStaff().inviteAnew(w, s.other)))
          .put(
              "KeepStaff.changeRole",
              does(
                  Act.KEEP_STAFF,
                  (s, w) -> s.all.holdfast.keepStaff().changeRole(w, s.other, "supervisor")))
          .put(
              "KeepStaff.disable",
              does(Act.KEEP_STAFF, (s, w) -> s.all.holdfast.keepStaff().disable(w, s.other, true)))
          .buildOrThrow();

  @Test
  void every_use_case_that_staff_have_is_in_the_table() {
    var found = new TreeSet<String>();
    for (var getter : Holdfast.class.getMethods()) {
      var type = getter.getReturnType();
      if (getter.getParameterCount() == 0
          && type.getName().startsWith("org.holdfast.application")) {
        Arrays.stream(type.getMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(
                method -> Arrays.asList(method.getParameterTypes()).contains(SignedInStaff.class))
            .map(method -> type.getSimpleName() + "." + method.getName())
            .forEach(found::add);
      }
    }
    var listed = new TreeSet<>(USE_CASES.keySet());
    listed.addAll(OWN_SESSION);
    assertThat(found).isEqualTo(listed);
    assertThat(
            USE_CASES.values().stream()
                .map(UseCase::act)
                .collect(toCollection(() -> EnumSet.noneOf(Act.class))))
        .as("every act is somebody's")
        .containsExactlyInAnyOrder(Act.values());
  }

  @TestFactory
  Stream<DynamicTest> in_every_role_and_under_every_grant_the_table_decides() {
    var cells = new ArrayList<DynamicTest>();
    USE_CASES.forEach(
        (name, useCase) -> {
          var scene = new Scene(); // memory that is copied for each transaction stays small
          for (var role : Role.values()) {
            for (var under : Under.values()) {
              for (var fresh : List.of(true, false)) {
                cells.add(
                    DynamicTest.dynamicTest(
                        "%s, %s, %s, %s".formatted(name, role, under, fresh ? "fresh" : "stale"),
                        () -> scene.cell(useCase, role, under, fresh)));
              }
            }
          }
        });
    return cells.stream();
  }

  private static UseCase on(Act act, BiFunction<Scene, SignedInStaff, ?> call) {
    return new UseCase(act, call);
  }

  private interface Deed {
    void on(Scene scene, SignedInStaff who);
  }

  private static UseCase does(Act act, Deed deed) {
    return new UseCase(
        act,
        (scene, who) -> {
          deed.on(scene, who);
          return true;
        });
  }

  /** Staff in every role, and a customer about whom all of it is done. */
  private static final class Scene {

    private static final Set<Reason> NO =
        EnumSet.of(
            Reason.NOT_ALLOWED, Reason.NO_GRANT, Reason.NOT_BY_THIS_METHOD, Reason.STEP_UP_NEEDED);

    final InMemoryHoldfast all = new InMemoryHoldfast();
    final StaffAtWork staff = new StaffAtWork(all);
    final Map<Role, Worker> workers = new EnumMap<>(Role.class);
    final Worker ann = staff.administrator("ann@example.com");
    final Staff.Id other;
    Account account;
    String pin = "";
    Grant.Id grant = new Grant.Id(new UUID(0, 0));

    Scene() {
      for (var role : Role.values()) {
        workers.put(role, staff.hire(ann, role.key() + "@example.com", role));
      }
      other = staff.hire(ann, "other@example.com", Role.AGENT).id();
      account = all.customer("ada0@example.com");
    }

    void cell(UseCase useCase, Role role, Under under, boolean fresh) {
      somebodyElseCalls();
      grant = grant(worker(role), under);
      var worker = workers.get(role);
      assertThat(worker).isNotNull();
      var who = staff.check(requireNonNull(worker));
      if (!fresh) {
        who = stale(who);
      }
      if (under == Under.EXPIRED) {
        all.clock.pass(Grant.LIFETIME);
        who = new SignedInStaff(who.staff(), fresh ? proved(who) : who.session());
      }
      var act = useCase.act();
      var granted = !act.needsGrant() || under.method().filter(act.methods()::contains).isPresent();
      var expected = act.isOf(role) && granted && (fresh || !act.needsFreshProof());
      assertThat(did(useCase, who)).isEqualTo(expected);
    }

    private boolean did(UseCase useCase, SignedInStaff who) {
      try {
        return useCase.call().apply(this, who) != null;
      } catch (Refusal no) {
        if (NO.contains(no.reason())) {
          return false;
        }
        // got through the gate, and something else is the matter
        assertThat(no.reason())
            .isIn(
                Reason.CALLER_NOT_VERIFIED, // the code of no call
                Reason.NO_SUPPORT_PIN,
                Reason.NOTHING_TO_RECOVER);
        return true;
      }
    }

    /** A customer of their own for each cell, so that none is in the way of the next. */
    private void somebodyElseCalls() {
      all.clock.pass(Duration.ofHours(3)); // and the limits of a staff member with it
      for (var role : Role.values()) {
        workers.put(role, staff.again(worker(role)));
      }
      var email = "ada" + UUID.randomUUID() + "@example.com";
      account = all.customer(email);
      var ada = all.signIn(email);
      pin = all.holdfast.supportPin().replace(ada, account.number()).pin().digits();
      all.addToken(ada);
      all.holdfast.checkLockOut().hostDomains(account.number(), List.of("example.com"));
    }

    private Worker worker(Role role) {
      return requireNonNull(workers.get(role));
    }

    private Grant.Id grant(Worker worker, Under under) {
      var who = staff.check(worker);
      return switch (under) {
        case NO_GRANT -> new Grant.Id(UUID.randomUUID());
        case SUPPORT_PIN, EXPIRED -> calls().byPin(who, number(), pin).id();
        case NOTHING -> calls().withoutProof(who, number()).id();
        case ENDED -> {
          var open = calls().byPin(who, number(), pin).id();
          calls().end(who, open);
          yield open;
        }
        case ANOTHERS ->
            calls()
                .byPin(
                    staff.check(
                        worker(who.staff().role() == Role.AGENT ? Role.SUPERVISOR : Role.AGENT)),
                    number(),
                    pin)
                .id();
        case MAILED_CODE -> {
          var mailed = calls().mailCode(who, number());
          var letters = all.letters(Letter.Kind.SUPPORT_CODE);
          var code = letters.get(letters.size() - 1).words().getOrDefault("code", "");
          yield calls().byCode(who, mailed.call(), code).id();
        }
      };
    }

    private SignedInStaff stale(SignedInStaff who) {
      var s = who.session();
      return new SignedInStaff(
          who.staff(),
          new StaffSession(
              s.id(),
              s.staff(),
              s.origin(),
              s.createdAt(),
              s.lastUsedAt(),
              s.provedAt().minus(Act.FRESH).minusSeconds(1)));
    }

    private StaffSession proved(SignedInStaff who) {
      var s = who.session();
      return new StaffSession(
          s.id(), s.staff(), s.origin(), s.createdAt(), s.lastUsedAt(), all.clock.instant());
    }

    HelpCaller.Beside details(SignedInStaff who) {
      var beside = help().beside(who, grant);
      if (beside.account().isEmpty()) {
        throw new Refusal(Reason.NOT_BY_THIS_METHOD); // nothing but the number is shown
      }
      return beside;
    }

    RecoveryCase open(SignedInStaff who) {
      return recover()
          .open(who, grant, "lost_factor", null, List.of("posted_code", "called_back"), "");
    }

    RecoveryCase.Id openedByAnn() {
      return openedBy(staff.fresh(ann));
    }

    RecoveryCase.Id openedBy(SignedInStaff who) {
      var open = calls().withoutProof(who, number()).id();
      return recover()
          .open(who, open, "lost_factor", null, List.of("posted_code", "called_back"), "")
          .id();
    }

    AnswerCall calls() {
      return all.holdfast.answerCall();
    }

    HelpCaller help() {
      return all.holdfast.helpCaller();
    }

    RecoverAccess recover() {
      return all.holdfast.recoverAccess();
    }

    String number() {
      return account.number();
    }
  }
}
