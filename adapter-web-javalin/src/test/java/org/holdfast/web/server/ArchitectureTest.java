package org.holdfast.web.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.stream.Stream;
import org.holdfast.application.Holdfast;
import org.holdfast.application.Ids;
import org.holdfast.application.Store;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.signin.Admission;
import org.holdfast.application.staff.SignInStaff;
import org.holdfast.application.staff.StaffSessions;
import org.holdfast.auth.Defaults;
import org.holdfast.domain.staff.StaffSession;
import org.junit.jupiter.api.Test;

/**
 * What Maven cannot see of the architecture. Every rule is an allow-list where it can be one, says
 * why it is there, and is seen to bite a planted offender.
 */
class ArchitectureTest {

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ArchitectureTest::isProduction)
          .importPackages("org.holdfast");

  private static final JavaClasses PLANTED =
      new ClassFileImporter()
          .importPackages(
              "org.holdfast.domain.planted",
              "org.holdfast.application.planted",
              "org.holdfast.persistence.planted",
              "org.holdfast.web.planted");

  private static final String[] JDK = {
    "java.lang..",
    "java.util..",
    "java.time..",
    "java.nio",
    "java.nio.charset",
    "java.net",
    "java.text",
    "java.math"
  };

  private static final DescribedPredicate<JavaClass> ADAPTERS =
      resideInAnyPackage(
          "org.holdfast.persistence..", "org.holdfast.mail..", "org.holdfast.auth..");

  private static final DescribedPredicate<JavaClass> SERVER =
      resideInAnyPackage("org.holdfast.web.server..", "org.holdfast.web.template.mailbox..");

  /** The interfaces that adapters implement; {@link Ids} only hands out names. */
  private static final DescribedPredicate<JavaClass> PORTS =
      describe(
          "ports",
          c ->
              c.getPackageName().startsWith("org.holdfast.application")
                  && (c.isEquivalentTo(Store.class)
                      || (c.isInterface()
                          && c.isTopLevelClass()
                          && !c.isAnnotation()
                          && !c.isEquivalentTo(Ids.class))));

  private static final ArchRule DOMAIN_KNOWS_ONLY_ITSELF =
      classes()
          .that()
          .resideInAPackage("org.holdfast.domain..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(JDK)
                  .or(
                      resideInAnyPackage(
                          "org.holdfast.domain..", "com.google.common..", "org.jspecify..")))
          .because("rules that depend on nothing can be read, tested and kept for decades");

  private static final ArchRule APPLICATION_KNOWS_THE_DOMAIN =
      classes()
          .that()
          .resideInAPackage("org.holdfast.application..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(JDK)
                  .or(
                      resideInAnyPackage(
                          "org.holdfast.application..",
                          "org.holdfast.domain..",
                          "java.io",
                          "com.google.common..",
                          "jakarta.validation..",
                          "org.hibernate.validator..",
                          "org.jspecify..")))
          .because("a use case that knows a database or a browser cannot do without it");

  private static final ArchRule ADAPTERS_ARE_STRANGERS =
      slices()
          .assignedFrom(
              new com.tngtech.archunit.library.dependencies.SliceAssignment() {
                @Override
                public com.tngtech.archunit.library.dependencies.SliceIdentifier getIdentifierOf(
                    JavaClass javaClass) {
                  return ADAPTERS.test(javaClass) || isWebOutsideServer(javaClass)
                      ? com.tngtech.archunit.library.dependencies.SliceIdentifier.of(
                          javaClass.getPackageName().split("\\.")[2])
                      : com.tngtech.archunit.library.dependencies.SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                  return "adapters";
                }
              })
          .should()
          .notDependOnEachOther()
          .because("a host takes the adapters it wants and leaves the others");

  private static final ArchRule WEB_KNOWS_USE_CASES =
      noClasses()
          .that(describe("are web outside server", ArchitectureTest::isWebOutsideServer))
          .should()
          .dependOnClassesThat(PORTS.or(ADAPTERS).or(SERVER))
          .because("a page that reads the store by itself skips what the use case would refuse");

  private static final ArchRule WEB_USES_FEW_LIBRARIES =
      classes()
          .that(describe("are web outside server", ArchitectureTest::isWebOutsideServer))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(JDK)
                  .or(
                      resideInAnyPackage(
                          "org.holdfast.web..",
                          "org.holdfast.application..",
                          "org.holdfast.domain..",
                          "java.io",
                          "java.nio",
                          "java.security",
                          "javax.crypto..",
                          "jakarta.servlet..",
                          "io.javalin..",
                          "kotlin..",
                          "org.eclipse.jetty..",
                          "gg.jte..",
                          "com.fasterxml.jackson..",
                          "com.google.common..",
                          "com.google.zxing..",
                          "org.slf4j",
                          "org.jspecify..")))
          .because("each library here is one more that every request passes through");

  private static final ArchRule ONLY_SERVER_WIRES =
      noClasses()
          .that(not(SERVER).and(not(belongToAnyOf(Holdfast.class, Defaults.class))))
          .should()
          .callConstructor(
              Holdfast.class,
              Store.class,
              org.holdfast.application.Policy.class,
              Holdfast.Parts.class)
          .because("with one place that puts everything together, one place shows what is on");

  private static final ArchRule SESSIONS_BEGIN_IN_ONE_PLACE =
      noClasses()
          .that(not(belongToAnyOf(Admission.class)))
          .should()
          .callMethod(
              OpenSessions.class, "add", org.holdfast.domain.session.Session.class, String.class)
          .because("a second factor asked for in one place is lost on any other way in");

  private static final ArchRule STAFF_SESSIONS_BEGIN_IN_ONE_PLACE =
      noClasses()
          .that(not(belongToAnyOf(SignInStaff.class)))
          .should()
          .callMethod(StaffSessions.class, "add", StaffSession.class, String.class)
          .because("password and code at once are asked for in one place, and on no other way in");

  private static final ArchRule STAFF_ARE_NO_USERS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.holdfast.application.account..",
              "org.holdfast.application.contact..",
              "org.holdfast.application.credential..",
              "org.holdfast.application.emailchange..",
              "org.holdfast.application.factor..",
              "org.holdfast.application.linkedaccount..",
              "org.holdfast.application.notification..",
              "org.holdfast.application.session..",
              "org.holdfast.application.signin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.holdfast.application.staff..", "org.holdfast.domain.staff..")
          .because("what customers do must not come to depend on who staff are: they are no users");

  private static final ArchRule TIME_AND_CHANCE_ARE_HANDED_IN =
      noClasses()
          .that(not(SERVER).and(not(belongToAnyOf(Defaults.class))))
          .should()
          .accessTargetWhere(
              describe("reads a clock, draws lots or sleeps", ArchitectureTest::isOwnTimeOrChance))
          .because("what depends on time or chance can be tested only when both are given to it");

  @Test
  void the_domain_knows_only_itself() {
    DOMAIN_KNOWS_ONLY_ITSELF.check(PRODUCTION);
    assertThat(DOMAIN_KNOWS_ONLY_ITSELF.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void the_application_knows_the_domain_and_no_adapter() {
    APPLICATION_KNOWS_THE_DOMAIN.check(PRODUCTION);
    assertThat(APPLICATION_KNOWS_THE_DOMAIN.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void adapters_do_not_know_each_other() {
    ADAPTERS_ARE_STRANGERS.check(PRODUCTION);
    var withReal =
        new ClassFileImporter()
            .importPackages("org.holdfast.persistence.planted", "org.holdfast.mail");
    assertThat(ADAPTERS_ARE_STRANGERS.evaluate(withReal).hasViolation()).isTrue();
  }

  @Test
  void the_web_knows_use_cases_and_neither_ports_nor_adapters() {
    WEB_KNOWS_USE_CASES.check(PRODUCTION);
    assertThat(WEB_KNOWS_USE_CASES.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void the_web_uses_few_libraries() {
    WEB_USES_FEW_LIBRARIES.check(PRODUCTION);
    assertThat(WEB_USES_FEW_LIBRARIES.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void only_the_server_wires() {
    ONLY_SERVER_WIRES.check(PRODUCTION);
    assertThat(ONLY_SERVER_WIRES.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void sessions_begin_in_one_place() {
    SESSIONS_BEGIN_IN_ONE_PLACE.check(PRODUCTION);
    assertThat(SESSIONS_BEGIN_IN_ONE_PLACE.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void staff_sessions_begin_in_one_place() {
    STAFF_SESSIONS_BEGIN_IN_ONE_PLACE.check(PRODUCTION);
    assertThat(STAFF_SESSIONS_BEGIN_IN_ONE_PLACE.evaluate(PLANTED).hasViolation()).isTrue();
  }

  @Test
  void staff_are_no_users() {
    STAFF_ARE_NO_USERS.check(PRODUCTION);
  }

  @Test
  void time_and_chance_are_handed_in() {
    TIME_AND_CHANCE_ARE_HANDED_IN.check(PRODUCTION);
    var found = TIME_AND_CHANCE_ARE_HANDED_IN.evaluate(PLANTED).getFailureReport().getDetails();
    assertThat(found).hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void packages_do_not_go_in_circles() {
    for (var module : Set.of("domain", "persistence", "mail", "auth", "web")) {
      slices()
          .matching("org.holdfast." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .because("what goes in circles can only be understood, and moved, as a whole")
          .allowEmptyShould(true)
          .check(PRODUCTION);
    }
  }

  private static boolean isWebOutsideServer(JavaClass javaClass) {
    return resideInAPackage("org.holdfast.web..").test(javaClass) && !SERVER.test(javaClass);
  }

  private static boolean isOwnTimeOrChance(JavaAccess<?> access) {
    var what = access.getTargetOwner().getName() + "." + access.getName();
    return Stream.of(
                "java.time.*.now",
                "java.time.Clock.system*",
                "java.time.InstantSource.system",
                "java.lang.System.currentTimeMillis",
                "java.lang.Math.random",
                "java.lang.Thread.sleep",
                "java.util.UUID.randomUUID",
                "java.util.Date.<init>",
                "java.util.Random.<init>",
                "java.security.SecureRandom.<init>",
                "java.util.concurrent.ThreadLocalRandom.current")
            .anyMatch(banned -> what.matches(banned.replace(".", "\\.").replace("*", "\\w*")))
        && !(what.endsWith("Date.<init>") && takesMillis(access));
  }

  /** {@code new Date(millis)} only spells a time that was handed in. */
  private static boolean takesMillis(JavaAccess<?> access) {
    return access.getDescription().contains("<init>(long)");
  }

  private static boolean isProduction(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }
}
