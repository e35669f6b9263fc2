package org.holdfast.persistence;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jooq.Binding;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingGetSQLInputContext;
import org.jooq.BindingGetStatementContext;
import org.jooq.BindingRegisterContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetSQLOutputContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * An instant as a date and time in UTC. Handed to the driver as {@link LocalDateTime}, because a
 * {@link java.sql.Timestamp} would be read in the machine's time zone, where an hour a year does
 * not exist.
 */
public final class InstantBinding implements Binding<LocalDateTime, Instant> {

  @Override
  public Converter<LocalDateTime, Instant> converter() {
    return Converter.ofNullable(
        LocalDateTime.class,
        Instant.class,
        stored -> stored.toInstant(ZoneOffset.UTC),
        instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
  }

  @Override
  public void sql(BindingSQLContext<Instant> ctx) {
    // H2 wants to be told where a value stands alone; the others know from the column
    ctx.render().sql(ctx.family() == SQLDialect.H2 ? "cast(? as timestamp(3))" : "?");
  }

  @Override
  public void set(BindingSetStatementContext<Instant> ctx) throws SQLException {
    var stored = stored(ctx.value());
    if (stored == null) {
      ctx.statement().setNull(ctx.index(), Types.TIMESTAMP);
    } else {
      ctx.statement().setObject(ctx.index(), stored);
    }
  }

  @Override
  public void get(BindingGetResultSetContext<Instant> ctx) throws SQLException {
    ctx.value(read(ctx.resultSet().getObject(ctx.index(), LocalDateTime.class)));
  }

  @Override
  public void register(BindingRegisterContext<Instant> ctx) throws SQLException {
    ctx.statement().registerOutParameter(ctx.index(), Types.TIMESTAMP);
  }

  @Override
  public void get(BindingGetStatementContext<Instant> ctx) throws SQLException {
    ctx.value(read(ctx.statement().getObject(ctx.index(), LocalDateTime.class)));
  }

  @Override
  public void get(BindingGetSQLInputContext<Instant> ctx) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void set(BindingSetSQLOutputContext<Instant> ctx) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  static @Nullable LocalDateTime stored(@Nullable Instant instant) {
    return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  static @Nullable Instant read(@Nullable LocalDateTime stored) {
    return stored == null ? null : stored.toInstant(ZoneOffset.UTC);
  }
}
