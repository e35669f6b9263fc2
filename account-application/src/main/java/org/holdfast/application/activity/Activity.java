package org.holdfast.application.activity;

import com.google.common.collect.ImmutableList;
import org.holdfast.domain.AccountId;
import org.holdfast.domain.UserId;
import org.holdfast.domain.activity.Happening;

/** What was done, append-only, each act written in its own transaction. */
public interface Activity {

  void record(Happening happening);

  /** The newest happenings of this user. */
  ImmutableList<Happening> of(UserId user, int most);

  /** The newest happenings on this account. */
  ImmutableList<Happening> on(AccountId account, int most);
}
