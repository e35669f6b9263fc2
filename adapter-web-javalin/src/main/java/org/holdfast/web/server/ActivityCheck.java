package org.holdfast.web.server;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.holdfast.application.activity.VerifyActivity;
import org.holdfast.application.activity.VerifyActivity.Broken;
import org.holdfast.application.activity.VerifyActivity.Looked;
import org.holdfast.domain.activity.Head;
import org.holdfast.web.server.Administration.Outcome;

/** Verifies the chains of activity, and says what it found in as many lines as can be read. */
final class ActivityCheck {

  private static final int MOST_LINES = 100;

  private final VerifyActivity verify;

  ActivityCheck(VerifyActivity verify) {
    this.verify = verify;
  }

  /** Looks at every chain. */
  Outcome verify() {
    var found = new Found(end -> {});
    return found.outcome(verify.all(found));
  }

  /** Looks at every chain, and whether those of this checkpoint still hold. */
  Outcome verify(Path file) {
    try (var earlier = new Checkpoint.Reading(file)) {
      var found = new Found(end -> {});
      var looked = verify.all(found);
      verify.stillHolds(earlier, found::broken);
      if (earlier.unchained() != looked.unchained()) {
        found.tell(
            "there are %d happenings in no chain, and once there were %d"
                .formatted(looked.unchained(), earlier.unchained()));
      }
      return found.outcome(looked);
    } catch (IllegalArgumentException other) {
      return Outcome.no(file + " is no checkpoint: " + other.getMessage());
    } catch (IOException | UncheckedIOException unreadable) {
      return Outcome.no("checkpoint " + file + " cannot be read");
    }
  }

  /** Looks at every chain; where all are whole, writes down where they end. */
  Outcome checkpoint(Path file) {
    var unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      var outcome = write(unfinished);
      if (outcome.code() == 0) {
        Files.move(unfinished, file);
      } else {
        Files.delete(unfinished);
      }
      return outcome;
    } catch (FileAlreadyExistsException there) {
      return Outcome.no(there.getMessage() + " is there already");
    } catch (IOException | UncheckedIOException unwritable) {
      return Outcome.no("checkpoint " + file + " cannot be written");
    }
  }

  private Outcome write(Path file) throws IOException {
    try (var writing = new Checkpoint.Writing(file)) {
      var found = new Found(writing::add);
      var looked = verify.all(found);
      writing.end(looked.unchained());
      return found.outcome(looked);
    }
  }

  private static String words(Broken broken) {
    var where = "chain %s is broken at %d: ".formatted(broken.chain(), broken.seq());
    return where
        + switch (broken.flaw()) {
          case EDITED -> "this is not what was written there";
          case MOVED -> "what belongs there is elsewhere in the chain";
          case MISSING -> "nothing is there";
          case CUT -> "the chain once went on";
          case BEYOND_END -> "the chain goes on behind its end";
          case SEAL -> "its end was not sealed by this portal's keys";
          case STRAY -> "it has no end, or something in it has no place";
          case TAKEN_BACK -> "what the checkpoint names is not there";
        };
  }

  /** What was found. Only so many lines are kept, however much is broken. */
  private static final class Found implements VerifyActivity.Findings {
    private final Consumer<Head> ends;
    private final List<String> lines = new ArrayList<>();
    private long told;

    Found(Consumer<Head> ends) {
      this.ends = ends;
    }

    @Override
    public void whole(Head end) {
      ends.accept(end);
    }

    @Override
    public void broken(Broken chain) {
      tell(words(chain));
    }

    void tell(String line) {
      if (told++ < MOST_LINES) {
        lines.add(line);
      }
    }

    Outcome outcome(Looked looked) {
      if (told == 0) {
        return Outcome.done(
            "whole\t%d chains\t%d happenings\t%d from before there were chains"
                .formatted(looked.chains(), looked.links(), looked.unchained()));
      }
      if (told > MOST_LINES) {
        lines.add("and " + (told - MOST_LINES) + " more like these");
      }
      return new Outcome(1, ImmutableList.copyOf(lines));
    }
  }
}
