package org.holdfast.application.activity;

import com.google.common.collect.ImmutableList;
import java.util.Iterator;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.activity.Activity.SealedHead;
import org.holdfast.domain.activity.Head;
import org.holdfast.domain.activity.Link;

/**
 * Looks whether what was written down is still what is there: every link of every chain, page by
 * page, while others go on writing. What nobody can tell from the inside is that a whole chain with
 * its sealed end was taken back to what it once was, as by restoring a backup: for that there are
 * the ends of before, kept elsewhere ({@link #stillHolds}).
 */
public final class VerifyActivity {

  private static final int PAGE = 500;
  private static final int MOST_STRAYS = 100; // one is too many

  private final Store store;

  public VerifyActivity(Store store) {
    this.store = store;
  }

  /** What is wrong with a chain. */
  public enum Flaw {
    /** Something stands there that does not fit its hash. */
    EDITED,
    /** What belongs there is elsewhere in the chain. */
    MOVED,
    /** There is a gap. */
    MISSING,
    /** The chain is shorter than its end says. */
    CUT,
    /** The chain goes on behind its end. */
    BEYOND_END,
    /** The end's seal is missing, or of another end. */
    SEAL,
    /** There is no end, or a link without a place. */
    STRAY,
    /** Once there was another link there, or one at all. */
    TAKEN_BACK
  }

  /**
   * A chain that is broken.
   *
   * @param seq the first link that is not as it should be
   */
  public record Broken(UUID chain, long seq, Flaw flaw) {}

  /**
   * What was looked at.
   *
   * @param unchained happenings from before there were chains: nothing tells whether they are as
   *     they were, but none may be added
   */
  public record Looked(long chains, long links, long unchained) {}

  /** Hears of each chain, once. */
  public interface Findings {

    /** This chain is whole, and ended there when it was looked at. */
    void whole(Head end);

    void broken(Broken chain);
  }

  /** Looks at every chain. */
  public Looked all(Findings findings) {
    var chains = 0L;
    var links = 0L;
    var page = heads(Optional.empty());
    while (!page.isEmpty()) {
      for (var head : page) {
        chains++;
        links += head.head().seq();
        look(head).ifPresentOrElse(findings::broken, () -> findings.whole(head.head()));
      }
      page = heads(Optional.of(page.get(page.size() - 1).head().chain()));
    }
    for (var stray : in(() -> store.activity().strays(MOST_STRAYS))) {
      chains++;
      findings.broken(new Broken(stray, 1, Flaw.STRAY));
    }
    return new Looked(chains, links, in(() -> store.activity().unchained()));
  }

  /**
   * Are the chains that ended like this still there, whatever was added to them since? To be asked
   * of chains that are whole.
   */
  public void stillHolds(Iterator<Head> ends, Consumer<Broken> broken) {
    while (ends.hasNext()) {
      var end = ends.next();
      var kept = in(() -> store.activity().links(end.chain(), end.seq() - 1, 1));
      if (kept.stream().noneMatch(link -> link.head().equals(end))) {
        broken.accept(new Broken(end.chain(), end.seq(), Flaw.TAKEN_BACK));
      }
    }
  }

  private Optional<Broken> look(SealedHead stored) {
    var end = stored.head();
    var at = Head.before(end.chain());
    var page = links(at);
    while (!page.isEmpty()) {
      for (var link : page) {
        var flaw = flaw(at, link, page);
        if (flaw.isPresent()) {
          return broken(at.seq() + 1, end, flaw.get());
        }
        at = link.head();
        if (at.seq() == end.seq() && !at.equals(end)) {
          return broken(at.seq(), end, Flaw.EDITED);
        }
      }
      page = page.size() < PAGE ? ImmutableList.of() : links(at);
    }
    if (at.seq() < end.seq()) {
      return broken(at.seq() + 1, end, Flaw.CUT);
    }
    if (!stored.isWhole()) {
      return broken(end.seq(), end, Flaw.SEAL);
    }
    return at.seq() == end.seq() ? Optional.empty() : grown(at);
  }

  private static Optional<Flaw> flaw(Head at, Link link, ImmutableList<Link> page) {
    var inPlace = link.head().seq() == at.seq() + 1;
    if (inPlace && link.followsOn(at)) {
      return Optional.empty();
    }
    if (page.stream().anyMatch(other -> other.followsOn(at))) {
      return Optional.of(Flaw.MOVED);
    }
    return Optional.of(inPlace ? Flaw.EDITED : Flaw.MISSING);
  }

  /** There is more than when its end was read: then its end must have moved on too. */
  private Optional<Broken> grown(Head at) {
    var end = in(() -> store.activity().head(at.chain()));
    if (end.isEmpty()) {
      return broken(1, at, Flaw.STRAY);
    }
    var now = end.get().head();
    if (now.seq() < at.seq()) {
      return broken(now.seq() + 1, at, Flaw.BEYOND_END);
    }
    return end.get().isWhole() ? Optional.empty() : broken(now.seq(), at, Flaw.SEAL);
  }

  private static Optional<Broken> broken(long seq, Head of, Flaw flaw) {
    return Optional.of(new Broken(of.chain(), seq, flaw));
  }

  private ImmutableList<SealedHead> heads(Optional<UUID> after) {
    return in(() -> store.activity().heads(after, PAGE));
  }

  private ImmutableList<Link> links(Head behind) {
    return in(() -> store.activity().links(behind.chain(), behind.seq(), PAGE));
  }

  private <T> T in(Supplier<T> work) {
    return store.transactions().inOne(work);
  }
}
