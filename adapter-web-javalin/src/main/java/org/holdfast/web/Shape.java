package org.holdfast.web;

import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a record of texts lies in the flat fields of a form: a text in the field of its name, a set
 * in as many as it has members, and a record inside with its name and a dot before.
 */
final class Shape {

  private Shape() {}

  /** The fields of a record that are given at most once. */
  static ImmutableSet<String> single(Class<? extends Record> shape) {
    return names(shape, "", false);
  }

  /** The fields of a record that may be given any number of times. */
  static ImmutableSet<String> several(Class<? extends Record> shape) {
    return names(shape, "", true);
  }

  private static ImmutableSet<String> names(Class<?> shape, String prefix, boolean several) {
    var names = ImmutableSet.<String>builder();
    for (var component : shape.getRecordComponents()) {
      var name = prefix + component.getName();
      if (component.getType().isRecord()) {
        names.addAll(names(component.getType(), name + ".", several));
      } else if (several == Collection.class.isAssignableFrom(component.getType())) {
        names.add(name);
      }
    }
    return names.build();
  }

  /** What a form shows of a record. */
  static ImmutableListMultimap<String, String> fields(Record values) {
    var fields = ImmutableListMultimap.<String, String>builder();
    collect(values, "", fields);
    return fields.build();
  }

  private static void collect(
      Record values, String prefix, ImmutableListMultimap.Builder<String, String> fields) {
    for (var component : values.getClass().getRecordComponents()) {
      var name = prefix + component.getName();
      var value = get(component, values);
      if (value instanceof Record inner) {
        collect(inner, name + ".", fields);
      } else if (value instanceof Collection<?> several) {
        several.forEach(one -> fields.put(name, "" + one));
      } else if (value != null) {
        fields.put(name, value.toString());
      }
    }
  }

  /** The record that a form's fields make. */
  static <T extends Record> T fill(Class<T> shape, ImmutableListMultimap<String, String> fields) {
    return shape.cast(fill(shape, "", fields));
  }

  private static Object fill(
      Class<?> shape, String prefix, ImmutableListMultimap<String, String> fields) {
    var components = shape.getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new @Nullable Object[components.length];
    for (var i = 0; i < components.length; i++) {
      var name = prefix + components[i].getName();
      types[i] = components[i].getType();
      if (types[i].isRecord()) {
        values[i] = fill(types[i], name + ".", fields);
      } else if (types[i] == String.class) {
        values[i] = Iterables.getFirst(fields.get(name), null);
      } else if (Set.class.isAssignableFrom(types[i])) {
        values[i] = ImmutableSet.copyOf(fields.get(name));
      } else {
        values[i] = List.copyOf(fields.get(name));
      }
    }
    try {
      var constructor = shape.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(refused);
    } catch (ReflectiveOperationException notOurs) {
      throw new IllegalStateException(notOurs);
    }
  }

  private static @Nullable Object get(RecordComponent component, Record values) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(values);
    } catch (ReflectiveOperationException notOurs) {
      throw new IllegalStateException(notOurs);
    }
  }
}
