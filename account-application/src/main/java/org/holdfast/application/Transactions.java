package org.holdfast.application;

import java.util.function.Supplier;

/**
 * All or nothing. Only use cases begin a transaction; what the ports do inside joins it. A
 * transaction inside another joins that one. Whatever is thrown undoes everything and arrives as
 * itself.
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
