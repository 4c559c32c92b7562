//! The tests on PostgreSQL: a database of its own for each in one throw-away server, looked at with `psql`.

use patron_store::{DatabaseUrl, Reader, SqlCell, SqlLimits};
use patron_testing::{Cluster, Database};

/// Where a database lies while a test runs.
pub(crate) type Place = Database<'static>;

/// The folder of the migrations.
pub(crate) const MIGRATIONS: &str = "postgres";

/// What tables, columns, indexes, conditions and views there are.
pub(crate) const SCHEMA: &str = "
    SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'
    UNION ALL SELECT tablename, indexdef, '', '', '', '', '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT viewname, definition, '', '', '', '', '' FROM pg_views WHERE schemaname = 'public'
    UNION ALL SELECT conname, pg_get_constraintdef(oid), '', '', '', '', '' FROM pg_constraint
    WHERE connamespace = to_regnamespace('public')
    ORDER BY 1, 2";

/// The server all tests share. Where there is none, nothing of this program can be tested: it ends.
pub(crate) fn cluster() -> &'static Cluster {
    Cluster::shared().unwrap_or_else(|| std::process::exit(0))
}

/// An address where nothing is yet.
pub(crate) fn place() -> (Place, DatabaseUrl) {
    let database = cluster().database();
    let url = database.url().parse().unwrap();
    (database, url)
}

/// All that is stored, as `pg_dump` writes it.
pub(crate) fn bytes(url: &DatabaseUrl) -> Vec<u8> {
    cluster().program("pg_dump").args(["-d", &url.to_string()]).output().unwrap().stdout
}

/// Runs statements.
pub(crate) fn execute(url: &DatabaseUrl, sql: &str) {
    cluster().sql(&url.to_string(), sql);
}

/// Runs statements, whatever references they break.
pub(crate) fn damage(url: &DatabaseUrl, sql: &str) {
    execute(url, &format!("SET session_replication_role = replica; {sql}"));
}

/// All rows of a query; of a database that is not ours, as text.
pub(crate) fn rows(url: &DatabaseUrl, sql: &str) -> Vec<Vec<SqlCell>> {
    let limits = SqlLimits { rows: usize::MAX, bytes: usize::MAX, ..SqlLimits::default() };
    match Reader::open(url) {
        Ok(reader) => reader.sql(sql, &limits).unwrap().rows,
        Err(_) => vec![vec![SqlCell::Text(cluster().sql(&url.to_string(), sql))]],
    }
}

/// Every row of every table, as text, and proof that the references are sound.
pub(crate) fn dump(url: &DatabaseUrl) -> Vec<(String, Vec<Vec<SqlCell>>)> {
    let database = url.to_string();
    let links = cluster().sql(
        &database,
        "SELECT format('SELECT ''lost'', c::text FROM %s AS c WHERE c.%I IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE p.%I = c.%I)',
             conrelid::regclass, child.attname, confrelid::regclass, parent.attname, child.attname)
         FROM pg_constraint
         JOIN pg_attribute AS child ON child.attrelid = conrelid AND child.attnum = conkey[1]
         JOIN pg_attribute AS parent ON parent.attrelid = confrelid AND parent.attnum = confkey[1]
         WHERE contype = 'f'
         UNION ALL
         SELECT format('SELECT %L, t::text FROM %I AS t', tablename, tablename)
         FROM pg_tables WHERE schemaname = 'public'",
    );
    // each of them has several lines
    let all = links.replace("\nSELECT", "\nUNION ALL SELECT");
    let mut tables: Vec<(String, Vec<Vec<SqlCell>>)> = Vec::new();
    for line in cluster().sql(&database, &format!("{all} ORDER BY 1, 2")).lines() {
        let (table, row) = line.split_once('|').unwrap_or(("", line)); // a text may have lines of its own
        assert_ne!(table, "lost", "a reference leads nowhere: {row}");
        if tables.last().is_none_or(|(last, _)| last != table && !table.is_empty()) {
            tables.push((table.to_owned(), Vec::new()));
        }
        tables.last_mut().unwrap().1.push(vec![SqlCell::Text(row.to_owned())]);
    }
    tables
}
