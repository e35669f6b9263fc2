package org.holdfast.persistence;

import com.google.common.collect.ImmutableMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Words as bytes, each with its length before it. */
final class WordsCodec {

  private WordsCodec() {}

  static byte[] write(Map<String, String> words) {
    var parts =
        words.entrySet().stream()
            .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
            .map(part -> part.getBytes(StandardCharsets.UTF_8))
            .toList();
    var buffer = ByteBuffer.allocate(parts.stream().mapToInt(part -> 4 + part.length).sum());
    parts.forEach(part -> buffer.putInt(part.length).put(part));
    return buffer.array();
  }

  static ImmutableMap<String, String> read(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes);
    var words = ImmutableMap.<String, String>builder();
    while (buffer.hasRemaining()) {
      words.put(part(buffer), part(buffer));
    }
    return words.build();
  }

  private static String part(ByteBuffer buffer) {
    var part = new byte[buffer.getInt()];
    buffer.get(part);
    return new String(part, StandardCharsets.UTF_8);
  }
}
