package org.holdfast.domain.activity;

import java.util.Optional;

/**
 * A link of a chain as it is kept.
 *
 * @param head its place and its hash
 * @param entry what happened; nothing where that cannot be what was written down
 */
public record Link(Head head, Optional<Entry> entry) {

  /**
   * Does this follow on that? Its own place is not looked at, only that of which its hash tells.
   */
  public boolean followsOn(Head before) {
    return entry.map(before::then).filter(next -> next.hash().equals(head.hash())).isPresent();
  }
}
