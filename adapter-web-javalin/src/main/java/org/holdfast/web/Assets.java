package org.holdfast.web;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * The stylesheets, the script and the icon. Each has its content's hash in its address, so that a
 * browser keeps it for a year and still sees every change at once.
 */
public final class Assets {

  private static final ImmutableMap<String, String> TYPES =
      ImmutableMap.of(
          "portal.css", "text/css; charset=utf-8",
          "portal.js", "text/javascript; charset=utf-8",
          "console.css", "text/css; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private record Asset(String type, byte[] plain, byte[] zipped) {}

  private final ImmutableMap<String, String> paths;
  private final ImmutableMap<String, Asset> byFile;

  Assets() {
    var where = ImmutableMap.<String, String>builder();
    var what = ImmutableMap.<String, Asset>builder();
    TYPES.forEach(
        (name, type) -> {
          var bytes = load("assets/" + name);
          var hash = Hashing.sha256().hashBytes(bytes).toString().substring(0, 16);
          var dot = name.lastIndexOf('.');
          var file = name.substring(0, dot) + "-" + hash + name.substring(dot);
          where.put(name, "/assets/" + file);
          what.put(file, new Asset(type, bytes, zip(bytes)));
        });
    paths = where.buildOrThrow();
    byFile = what.buildOrThrow();
  }

  /** Where a page finds this one. */
  public String path(String name) {
    var path = paths.get(name);
    if (path == null) {
      throw new IllegalArgumentException("no asset " + name);
    }
    return path;
  }

  /** Answers with the one that the address names. */
  public void send(Context ctx) {
    var asset = byFile.get(ctx.pathParam("file"));
    if (asset == null) {
      throw new NotFoundResponse();
    }
    ctx.header("Cache-Control", "public, max-age=31536000, immutable");
    ctx.header("Vary", "Accept-Encoding");
    ctx.contentType(asset.type());
    var accepted = ctx.header("Accept-Encoding");
    if (accepted != null && accepted.contains("gzip")) {
      ctx.header("Content-Encoding", "gzip").result(asset.zipped());
    } else {
      ctx.result(asset.plain());
    }
  }

  /** A file that comes with this class. */
  public static byte[] load(String name) {
    try {
      return Resources.toByteArray(Resources.getResource(Assets.class, name));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static byte[] zip(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(bytes)) {
      zip.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
