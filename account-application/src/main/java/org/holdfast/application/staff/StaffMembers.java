package org.holdfast.application.staff;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.Optional;
import org.holdfast.domain.EmailAddress;
import org.holdfast.domain.factor.TotpSecret;
import org.holdfast.domain.staff.Staff;

/** The staff, and what they sign in with. An address is one staff member's at most. */
public interface StaffMembers {

  /** Adds somebody, unless another has the address: then nothing happens and this says false. */
  boolean add(Staff staff);

  Optional<Staff> find(Staff.Id id);

  Optional<Staff> findByAddress(EmailAddress address);

  /** All of them, by name. */
  ImmutableList<Staff> all();

  /** Finds somebody, and whoever else locks them waits until this transaction ends. */
  Optional<Staff> lock(Staff.Id id);

  /**
   * All of them, and whoever else locks them waits until this transaction ends: so that what holds
   * over all of them together can be decided in peace.
   */
  ImmutableList<Staff> lockAll();

  /** Stores another name, role or {@link Staff#disabledAt}; nothing else of them. */
  void save(Staff staff);

  /** What signing in with this address needs, in one read; nothing where it is nobody's. */
  Optional<Credentials> credentials(EmailAddress address);

  /** The same for a staff member who is known. */
  Optional<Credentials> credentials(Staff.Id id);

  /**
   * Gives somebody a password and a time-based token in the place of those that were seen, and
   * makes them ready. Of all who saw the same at once, one is told true.
   *
   * @param seen the version to be replaced
   * @param step the step of the token's code that was shown, which is spent
   */
  boolean equip(Staff.Id id, long seen, String hash, TotpSecret token, long step, Instant now);

  /** Makes password and token worthless, so that they have to be set up anew. */
  void strip(Staff.Id id);

  /**
   * Spends the code of a step. Of all who come with codes of one step at once, one is told true; no
   * step is accepted that is not newer than the last.
   *
   * @param version of the credentials the token is of
   */
  boolean accept(Staff.Id id, long version, long step);

  /**
   * What a staff member signs in with. It does not print.
   *
   * @param version counts them
   * @param lastStep the newest step a code was ever accepted of
   */
  record Credentials(
      Staff staff, long version, Optional<String> hash, Optional<TotpSecret> token, long lastStep) {

    @Override
    public String toString() {
      return "Credentials of " + staff.id();
    }
  }
}
