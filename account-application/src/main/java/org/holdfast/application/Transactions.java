package org.holdfast.application;

import java.util.function.Supplier;

/**
 * All or nothing. Only use cases begin a transaction; what the ports do inside joins it. A
 * transaction inside another joins that one. Whatever is thrown undoes everything and arrives as
 * itself. A database may undo a transaction to end a deadlock; then the work is done again from its
 * beginning, so it must do nothing but through the ports that could not be done twice.
 */
public interface Transactions {

  /** Does this work in one transaction and gives its answer. */
  <T> T inOne(Supplier<T> work);

  /** Does this work in one transaction. */
  default void inOne(Runnable work) {
    inOne(
        () -> {
          work.run();
          return true;
        });
  }
}
