package org.holdfast.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.javalin.http.Context;
import java.util.stream.Collectors;

/**
 * Reads and writes JSON. What is read must be understood to the last field: none unknown, none
 * twice, none of another type, nothing behind the end. A fault is told with the field's name and
 * never with its value.
 */
public final class Json {

  static final String MEDIA_TYPE = "application/json";

  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  /** The mapper behind it. */
  public static ObjectMapper strict() {
    return MAPPER;
  }

  /**
   * Reads the body.
   *
   * @throws Malformed naming the field
   * @throws io.javalin.http.UnsupportedMediaTypeResponse where it is not JSON
   * @throws io.javalin.http.ContentTooLargeResponse where it is too large
   */
  public static <T> T read(Context ctx, Class<T> type) {
    return parse(Body.read(ctx, MEDIA_TYPE), type);
  }

  /** The same for what a host tells its customers, which may be longer. */
  public static <T> T readMessage(Context ctx, Class<T> type) {
    return parse(Body.read(ctx, MEDIA_TYPE, Body.MAX_MESSAGE_BYTES), type);
  }

  private static <T> T parse(byte[] body, Class<T> type) {
    var text = UrlEncoded.utf8(body, "");
    if (text.isBlank()) {
      throw new Malformed("", "not_readable");
    }
    try {
      var read = MAPPER.readValue(text, type);
      if (read == null) {
        throw new Malformed("", "wrong_type");
      }
      return read;
    } catch (UnrecognizedPropertyException unknown) {
      throw new Malformed(path(unknown), "unknown_field");
    } catch (JsonMappingException wrong) {
      throw wrong.getCause() instanceof JsonProcessingException syntax
          ? syntax(syntax, path(wrong))
          : new Malformed(path(wrong), isTrailing(wrong) ? "not_readable" : "wrong_type");
    } catch (JsonProcessingException broken) {
      throw syntax(broken, "");
    }
  }

  private static boolean isTrailing(JsonMappingException wrong) {
    return ("" + wrong.getOriginalMessage()).startsWith("Trailing token");
  }

  private static Malformed syntax(JsonProcessingException broken, String path) {
    var doubled = ("" + broken.getOriginalMessage()).startsWith("Duplicate field");
    var place = at(broken);
    var rule =
        broken instanceof InputCoercionException
            ? "wrong_type" // a number that is too large
            : doubled ? "doubled_field" : "not_readable";
    return new Malformed(place.isEmpty() ? path : place, rule);
  }

  private static String at(JsonProcessingException broken) {
    try {
      return broken.getProcessor() instanceof JsonParser parser
          ? parser
              .getParsingContext()
              .pathAsPointer()
              .toString()
              .replaceFirst("^/", "")
              .replace('/', '.')
          : "";
    } catch (RuntimeException noPlace) {
      return "";
    }
  }

  private static String path(JsonMappingException wrong) {
    return wrong.getPath().stream()
        .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static ObjectMapper mapper() {
    var constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(20)
            .maxNumberLength(40)
            .maxNameLength(200)
            .maxStringLength(Body.MAX_MESSAGE_BYTES)
            .build();
    var mapper =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints).build())
            .addModule(new JavaTimeModule())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS) // a record's fields are all it shows
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .withCoercionConfig(
                LogicalType.Textual,
                config ->
                    config
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();
    return mapper;
  }
}
