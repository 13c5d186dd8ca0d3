//! One way to speak to both databases: positional values in, typed columns out, SQL with `$1` that both understand.
//!
//! Nothing above this knows which database it is, but for the locks only one of them needs.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, SqlSafeStr};

use super::StoreError;

/// A connection borrowed for some statements.
#[derive(Debug)]
pub(super) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// A value bound to `$n`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'v> {
    Text(&'v str),
    MaybeText(Option<&'v str>),
    Int(i64),
    MaybeInt(Option<i64>),
    Bytes(&'v [u8]),
}

/// A row of either database; columns by position.
#[derive(Debug)]
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $values {
            query = match *value {
                Value::Text(text) => query.bind(text),
                Value::MaybeText(text) => query.bind(text),
                Value::Int(number) => query.bind(number),
                Value::MaybeInt(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl Conn<'_> {
    /// Whether others may write while this transaction runs.
    pub(super) fn has_many_writers(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// How many rows it touched.
    pub(super) async fn execute(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(conn) => bound!(sql, values).execute(&mut **conn).await?.rows_affected(),
            Self::Postgres(conn) => bound!(sql, values).execute(&mut **conn).await?.rows_affected(),
        })
    }

    pub(super) async fn rows(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        Ok(match self {
            Self::Sqlite(conn) => {
                let rows = bound!(sql, values).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(conn) => {
                let rows = bound!(sql, values).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(super) async fn row(
        &mut self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.pop())
    }

    /// A row that must be there.
    pub(super) async fn one(&mut self, sql: impl SqlSafeStr + Send, values: &[Value<'_>]) -> Result<Row, StoreError> {
        Ok(self.row(sql, values).await?.ok_or(sqlx::Error::RowNotFound)?)
    }

    /// A row nobody else changes until this transaction ends, waited for. SQLite has one writer and needs no lock.
    pub(super) async fn locked_row(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        match &self {
            Self::Sqlite(_) => self.row(sql, values).await,
            Self::Postgres(_) => self.row(AssertSqlSafe(format!("{sql} FOR UPDATE")), values).await,
        }
    }
}

macro_rules! getters {
    ($($name:ident -> $kind:ty;)*) => {
        impl Row {
            $(pub(super) fn $name(&self, column: usize) -> Result<$kind, StoreError> {
                Ok(match self {
                    Self::Sqlite(row) => row.try_get(column)?,
                    Self::Postgres(row) => row.try_get(column)?,
                })
            })*
        }
    };
}

getters! {
    text -> String;
    maybe_text -> Option<String>;
    int -> i64;
    maybe_int -> Option<i64>;
    bytes -> Vec<u8>;
}

impl Row {
    /// A count, which is never negative.
    pub(super) fn count(&self, column: usize) -> Result<u32, StoreError> {
        let value = self.int(column)?;
        u32::try_from(value).map_err(|_| StoreError::Corrupt(format!("{value} where a count was expected")))
    }
}
