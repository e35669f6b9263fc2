package org.holdfast.web.walk;

import com.google.common.collect.ImmutableList;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.holdfast.application.Store;
import org.holdfast.application.Transactions;
import org.holdfast.application.account.Users;
import org.holdfast.application.credential.Passwords;
import org.holdfast.application.factor.Factors;
import org.holdfast.application.freeze.Freezes;
import org.holdfast.application.linkedaccount.AuthorizationRequests;
import org.holdfast.application.linkedaccount.LinkedIdentities;
import org.holdfast.application.mail.Outbox;
import org.holdfast.application.session.OpenSessions;
import org.holdfast.application.signin.PendingSignIns;
import org.jspecify.annotations.Nullable;

/**
 * A store of which somebody hears what was written to it, once the transaction is committed. Nobody
 * below does two things at once, so there is one list of what was heard.
 */
final class Watched {

  private static final Set<Class<?>> PORTS =
      Set.of(
          Users.class,
          Passwords.class,
          Factors.class,
          Freezes.class,
          AuthorizationRequests.class,
          LinkedIdentities.class,
          Outbox.class,
          OpenSessions.class,
          PendingSignIns.class);

  private final List<Heard> open = new ArrayList<>();
  private final Consumer<ImmutableList<Heard>> ear;
  private int depth;

  Watched(Consumer<ImmutableList<Heard>> ear) {
    this.ear = ear;
  }

  /** A call of a port's method, named as in {@code Freezes.freeze}, and what it answered. */
  record Heard(String what, List<?> given, @Nullable Object answer) {

    /** What was given in this place. */
    <T> T given(int place, Class<T> type) {
      return type.cast(given.get(place));
    }

    /** Did it say that it has done so? */
    boolean isDone() {
      return answer == null || !answer.equals(false);
    }
  }

  /** The same store, heard. */
  Store in(Store store) {
    var parts = new ArrayList<Object>();
    var types = new ArrayList<Class<?>>();
    try {
      for (var component : Store.class.getRecordComponents()) {
        var port = component.getAccessor().invoke(store);
        types.add(component.getType());
        parts.add(heard(component.getType(), port));
      }
      return Store.class
          .getConstructor(types.toArray(Class<?>[]::new))
          .newInstance(parts.toArray());
    } catch (ReflectiveOperationException notOurs) {
      throw new IllegalStateException(notOurs);
    }
  }

  private Object heard(Class<?> type, Object port) {
    if (port instanceof Transactions transactions) {
      return heard(transactions);
    }
    if (!PORTS.contains(type)) {
      return port;
    }
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, given) -> {
          var answer = call(port, method, given);
          hear(new Heard(type.getSimpleName() + "." + method.getName(), list(given), answer));
          return answer;
        });
  }

  private Transactions heard(Transactions transactions) {
    return new Transactions() {
      @Override
      public <T> T inOne(Supplier<T> work) {
        return transactions.inOne(() -> within(work));
      }
    };
  }

  // Transactions in memory follow one another, so nobody else comes in between.
  private synchronized <T> T within(Supplier<T> work) {
    depth++;
    var isKept = false;
    try {
      var answer = work.get();
      isKept = true;
      return answer;
    } finally {
      depth--;
      if (depth == 0) {
        var all = ImmutableList.copyOf(open);
        open.clear();
        if (isKept) {
          ear.accept(all);
        }
      }
    }
  }

  private synchronized void hear(Heard heard) {
    open.add(heard);
    if (depth == 0) {
      open.clear();
      ear.accept(ImmutableList.of(heard));
    }
  }

  private static List<?> list(Object @Nullable [] given) {
    return given == null ? List.of() : Arrays.asList(given);
  }

  private static @Nullable Object call(Object port, Method method, Object @Nullable [] given)
      throws Throwable {
    try {
      return method.invoke(port, given);
    } catch (InvocationTargetException refused) {
      throw refused.getCause() == null ? refused : refused.getCause();
    }
  }
}
