package org.holdfast.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import org.holdfast.auth.OtpJavaCodes;
import org.holdfast.auth.testkit.Loopback;
import org.holdfast.auth.testkit.StandInProvider;
import org.holdfast.domain.factor.Totp;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.persistence.Databases;
import org.holdfast.web.Browser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's process on its embedded database, as whoever types {@code ./portal} meets it. */
class StartAndStopTest {

  @TempDir private Path data;

  @Test
  void a_second_start_on_the_same_data_goes_on_where_the_first_ended() {
    var port = "" + FreePort.on("127.0.0.1");
    var here = new Browser("http://127.0.0.1:" + port);
    var first = ServerProcess.start(data, "--port", port);
    try (first) {
      assertThat(String.join("\n", first.lines()))
          .matches(
              "portal\thttp://127\\.0\\.0\\.1:%s\nmailbox\thttp://127\\.0\\.0\\.1:%s/mailbox/\\S{43}\n"
                      .formatted(port, port)
                  + "customer\tcustomer@example\\.com\t[a-z2-7]{24}\n"
                  + "staff\thttp://127\\.0\\.0\\.1:%d\tstaff@example\\.com\t[a-z2-7]{24}\t[A-Z2-7]{32}"
                      .formatted(Integer.parseInt(port) + 1));
      var customer = first.line("customer");
      here.get("/sign-in");
      here.post("/sign-in", "email", customer.get(0), "password", customer.get(1));
      assertThat(here.open("/").body()).contains("Robin Miller");
      var mailbox = first.line("mailbox").get(0).substring(first.line("portal").get(0).length());
      assertThat(first.browser().get(mailbox).status()).isEqualTo(200);

      var staff = first.line("staff");
      assertThat(signIn(staff).location()).isEqualTo("/");

      assertThat(first.stop()).isEqualTo(new ServerProcess.Ended(0, "", ""));
    }
    try (var second = ServerProcess.start(data, "--port", port)) {
      assertThat(second.lines()).isEqualTo(first.lines());
      assertThat(here.get("/profile").body()).contains("Robin"); // signed in as before
      var changed =
          here.post(
              "/profile",
              "firstName",
              "Rob",
              "lastName",
              "Miller",
              "language",
              "en",
              "timeZone",
              "UTC");
      assertThat(changed.location()).contains("done="); // acknowledged
      second.kill();
    }
    try (var third = ServerProcess.start(data, "--port", port)) {
      assertThat(third.lines()).isEqualTo(first.lines());
      assertThat(here.get("/profile").body()).contains("value=\"Rob\"");
    }
  }

  /** At the console, with the code that an app would show now. */
  private static Browser.Answer signIn(java.util.List<String> staff) {
    var step = Totp.step(InstantSource.system().instant());
    var code = new OtpJavaCodes().at(new TotpSecret(staff.get(3)), step);
    var console = new Browser(staff.get(0));
    console.get("/sign-in");
    return console.post("/sign-in", "email", staff.get(1), "password", staff.get(2), "code", code);
  }

  @Test
  void an_administrator_is_invited_beside_a_server() {
    try (var server = ServerProcess.start(data, "--port", "0")) {
      var console = server.line("staff").get(0);
      var invited =
          ServerProcess.command(
              data, "staff", "invite-administrator", "kim@example.com", "Kim", "Weaver");
      assertThat(invited.code()).isEqualTo(0);
      assertThat(invited.out()).startsWith("invitation\t" + console + "/invitation?token=");
      var link = invited.out().strip().substring(("invitation\t" + console).length());
      assertThat(new Browser(console).open(link).body()).contains("Kim Weaver", "class=\"qr\"");
      assertThat(ServerProcess.command(data, "staff", "list").out())
          .contains(
              "\tKim Weaver\tkim@example.com\tadministrator\tinvited",
              "\tSam Support\tstaff@example.com\tadministrator\tactive");
      var wrong = ServerProcess.command(data, "staff", "invite-administrator", "kim", "Kim");
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.err()).contains("portal: the address must look like name@example.com");
    }
  }

  /** Of those who vouch for people, one is on this machine: an account there is linked and used. */
  @Test
  void those_who_vouch_for_people_are_set_up_by_settings() throws IOException {
    var key = Files.writeString(data.resolve("key"), "MDEyMzQ1Njc4OWFiY2RlZg==\n");
    var secret = Files.writeString(data.resolve("secret"), StandInProvider.CLIENT_SECRET + "\n");
    var word = Files.writeString(data.resolve("word"), "abcdef\n");
    try (var provider = new StandInProvider(InstantSource.system())) {
      var file =
          Files.writeString(
              data.resolve("provider"),
              """
              key = example
              label = Example ID
              issuer = %s
              client-id = %s
              client-secret-file = %s
              """
                  .formatted(provider.issuer(), StandInProvider.CLIENT_ID, secret));
      var server =
          ServerProcess.start(
              data,
              "--port=0",
              "--yubico.client-id=87",
              "--yubico.key-file=" + key,
              "--yubico.servers=https://yubico.example/wsapi/2.0/verify",
              "--google.client-id=portal.apps",
              "--google.client-secret-file=" + word,
              "--facebook.app-id=12345",
              "--facebook.app-secret-file=" + word,
              "--provider-files=" + file);
      try (server) {
        var here = server.browser();
        var customer = server.line("customer");
        assertThat(here.get("/sign-in").body())
            .contains("Sign in with Google", "Sign in with Example ID", "Sign in with Facebook");
        assertThat(here.post("/sign-in/with/facebook").header("Refresh"))
            .startsWith("0; url=https://www.facebook.com/");
        here.post("/sign-in", "email", customer.get(0), "password", customer.get(1));
        assertThat(here.open("/security").body())
            .contains("Add a YubiKey", "Link Google", "Link Example ID", "Link Facebook");
        assertThat(leave(here, "/security/links/example/add").location())
            .isEqualTo("/security?done=account-linked");

        var elsewhere = server.browser();
        assertThat(leave(elsewhere, "/sign-in/with/example").status()).isEqualTo(303);
        assertThat(elsewhere.open("/profile").body()).contains("Robin");
        assertThat(server.stop()).isEqualTo(new ServerProcess.Ended(0, "", ""));
      }
    }
  }

  /** Goes to the provider and comes back, as a browser does. */
  private static Browser.Answer leave(Browser browser, String path) {
    var to = browser.post(path).header("Refresh").substring("0; url=".length());
    var back = Loopback.visit(URI.create(to));
    return browser.get(back.getRawPath() + "?" + back.getRawQuery());
  }

  @Test
  void activity_is_verified_beside_a_server_and_without_one() throws Exception {
    var whole =
        new ServerProcess.Ended(
            0, "whole\t2 chains\t2 happenings\t0 from before there were chains", "");
    var checkpoint = data.resolve("checkpoint").toString();
    try (var server = ServerProcess.start(data, "--port", "0")) {
      assertThat(ServerProcess.command(data, "activity", "checkpoint", checkpoint))
          .isEqualTo(whole);
      assertThat(server.stop().code()).isZero();
    }
    assertThat(ServerProcess.command(data, "activity", "verify", checkpoint)).isEqualTo(whole);
    try (var source = Databases.pool("jdbc:h2:file:" + data.resolve("holdfast"), "", "", 2);
        var connection = source.getConnection();
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM activity WHERE account_id IS NOT NULL"))
          .isEqualTo(1);
    }
    var broken = ServerProcess.command(data, "activity", "verify");
    assertThat(broken.code()).isEqualTo(1);
    assertThat(broken.err())
        .matches("portal: chain [0-9a-f-]{36} is broken at 1: the chain once went on\n");
  }

  @Test
  void a_wrong_setting_is_told_in_one_line() {
    assertThat(ServerProcess.refused(data, "--smtp.hots", "mail.example"))
        .isEqualTo(
            new ServerProcess.Ended(
                2, "", "portal: --smtp.hots is not a setting: did you mean smtp.host?\n"));
    assertThat(ServerProcess.refused(data, "--google.client-id", "portal.apps"))
        .isEqualTo(
            new ServerProcess.Ended(
                2,
                "",
                "portal: google.client-secret-file must be set where google.client-id is\n"));
  }

  @Test
  void a_port_or_a_folder_that_another_has_is_told_in_one_line() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = taken.getLocalPort();
      assertThat(ServerProcess.refused(data, "--port", "" + port))
          .isEqualTo(
              new ServerProcess.Ended(
                  1, "", "portal: port " + port + " of 127.0.0.1 is taken or not allowed\n"));
      assertThat(ServerProcess.refused(data, "--port", "0", "--console.port", "" + port))
          .isEqualTo(
              new ServerProcess.Ended(
                  1, "", "portal: port " + port + " of 127.0.0.1 is taken or not allowed\n"));
    }
    try (var held = DataFolder.at(data).hold()) {
      assertThat(ServerProcess.refused(data, "--port", "0"))
          .isEqualTo(
              new ServerProcess.Ended(
                  1, "", "portal: data folder " + data + " is in use by another portal\n"));
      assertThat(held.resolve("lock")).exists();
    }
  }

  @Test
  void a_schema_of_a_later_version_is_told_in_one_line() throws SQLException {
    try (var source = Databases.pool("jdbc:h2:file:" + data.resolve("holdfast"), "", "", 2)) {
      Databases.H2.migrate(source);
      try (var connection = source.getConnection();
          var statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO \"holdfast_schema\" (\"installed_rank\", \"version\", \"description\","
                + " \"type\", \"script\", \"checksum\", \"installed_by\", \"execution_time\","
                + " \"success\") VALUES (999, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', 1,"
                + " TRUE)");
      }
    }
    assertThat(ServerProcess.refused(data, "--port", "0"))
        .isEqualTo(
            new ServerProcess.Ended(
                1,
                "",
                "portal: The database's schema is version 999, newer than this Holdfast knows:"
                    + " start the newer one.\n"));
  }
}
