package org.holdfast.web.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.web.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionRoutesTest {

  private final Running portal = Running.portal();

  @BeforeEach
  void customers() {
    portal.memory.customer("ada@example.com");
    portal.memory.customer("bob@example.com");
  }

  @AfterEach
  void stop() {
    portal.close();
  }

  @Test
  void one_session_ends_at_its_next_click() {
    var here = portal.signedIn("ada@example.com");
    var there = portal.signedIn("ada@example.com");
    assertThat(here.open("/sessions").body()).contains("This one", "127.0.0.1");
    var id = portal.memory.holdfast.sessions().list(portal.memory.signIn("ada@example.com"));
    for (var session : id) {
      if (!here.open("/sessions").body().contains(session.id() + "/end")) {
        continue; // the one in hand
      }
      assertThat(here.post("/sessions/" + session.id() + "/end").location())
          .isEqualTo("/sessions?done=session-closed");
    }
    assertThat(there.get("/profile").status()).isEqualTo(303);
    assertThat(here.get("/profile").status()).isEqualTo(200);
  }

  @Test
  void all_others_end_together() {
    var here = portal.signedIn("ada@example.com");
    var there = portal.signedIn("ada@example.com");
    here.open("/sessions");
    assertThat(here.post("/sessions/end-others").location())
        .isEqualTo("/sessions?done=sessions-closed");
    assertThat(there.get("/profile").status()).isEqualTo(303);
  }

  @Test
  void the_session_of_somebody_else_is_none() {
    var ada = portal.memory.signIn("ada@example.com");
    var bob = portal.signedIn("bob@example.com");
    bob.open("/sessions");
    var foreign = bob.post("/sessions/" + ada.session().id() + "/end");
    var invented = bob.post("/sessions/" + new java.util.UUID(1, 2) + "/end");
    assertThat(foreign.status()).isEqualTo(invented.status()).isEqualTo(404);
    assertThat(foreign.body()).isEqualTo(invented.body());
    assertThat(bob.post("/sessions/nonsense/end").status()).isEqualTo(404);
  }
}
