package org.holdfast.application.testkit;

import java.util.List;
import java.util.function.Supplier;
import org.holdfast.application.Store;

class InMemoryStoreTest extends StoreContract {

  private final Store store = new InMemoryStore().store();

  @Override
  protected Store store() {
    return store;
  }

  /** Transactions follow one another here, so nobody can wait for the others inside one. */
  @Override
  protected <T> List<T> race(Supplier<T> deed) {
    return Race.of(CALLERS, i -> store.transactions().inOne(deed));
  }
}
