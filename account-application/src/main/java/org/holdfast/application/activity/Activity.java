package org.holdfast.application.activity;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Entry;
import org.holdfast.domain.activity.Happening;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.activity.Link;

/**
 * What was done, append-only, each act written in its own transaction and chained to the one before
 * ({@link Head}). Of each chain the end is kept too, sealed, so that whoever can write where all of
 * it is kept, but has no key, can neither forge a chain nor shorten it.
 */
public interface Activity {

  /**
   * Writes down what happened at the end of its chain. Whoever else writes into that chain waits
   * until this transaction ends: so it is best done last.
   */
  void record(Happening happening);

  /**
   * The newest happenings of these, each once.
   *
   * @param before only those behind this one; as if there were none where it is unknown
   */
  ImmutableList<Entry> newest(
      Whose whose, Set<Happening.What> which, Optional<UUID> before, int most);

  /** The next chains' ends behind this one, in the store's own order. */
  ImmutableList<SealedHead> heads(Optional<UUID> after, int most);

  /** The end of this chain. */
  Optional<SealedHead> head(UUID chain);

  /** The next links of this chain behind that one, in their order. */
  ImmutableList<Link> links(UUID chain, long after, int most);

  /** Chains of which there are links, but no end; and those with a link that has no place. */
  ImmutableSet<UUID> strays(int most);

  /** How many happenings are in no chain: those written before there were chains. */
  long unchained();

  /** Whose happenings: those of this user together with those on these accounts. */
  record Whose(Optional<UserId> user, ImmutableSet<AccountId> accounts) {}

  /**
   * The end of a chain as it is kept.
   *
   * @param seal the end that was sealed; nothing where the seal is missing or broken
   */
  record SealedHead(Head head, Optional<Head> seal) {

    /** Is it the end that was sealed? */
    public boolean isWhole() {
      return seal.filter(head::equals).isPresent();
    }
  }
}
