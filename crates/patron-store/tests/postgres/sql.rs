//! Nothing but reading, in the words of PostgreSQL.

use patron_store::{DatabaseUrl, Reader, SqlCell, SqlLimits, StoreError};

use crate::backend::cluster;
use crate::maintenance::sql::ask;
use crate::maintenance::two_imports;
use crate::support::{dump, number, word};

#[test]
fn values_of_all_types_are_shown() {
    let found = ask(
        "SELECT TRUE, 5::smallint, 12345678901234567890::numeric, 0.000012345::numeric, sum(1), 'x'::name, '\\x00ff'::bytea,
             '2011-12-09'::date, '2011-12-09 12:50'::timestamp, '1 day'::interval, '{1,2}'::int[], '{\"a\": 1}'::jsonb,
             'infinity'::date, 'infinity'::float8, 'NaN'::numeric, -7.5::numeric",
    );
    let expected = [
        number(1),
        number(5),
        SqlCell::Real(12_345_678_901_234_567_890.0),
        SqlCell::Real(0.000_012_345),
        number(1),
        word("x"),
        SqlCell::Blob(vec![0, 255]),
        word("2011-12-09"),
        word("2011-12-09 12:50:00"),
        word("1 day"),
        word("{1,2}"),
        word("{\"a\": 1}"),
        word("infinity"),
        SqlCell::Real(f64::INFINITY),
        SqlCell::Null,
        SqlCell::Real(-7.5),
    ];
    assert_eq!(found.unwrap().rows, [expected]);
    assert_eq!(ask("SHOW transaction_read_only").unwrap().rows, [[word("on")]]);
    assert_eq!(ask("TABLE shop").unwrap().columns, ["id", "name", "currency", "time_zone"]);
    assert_eq!(ask("(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY a DESC").unwrap().rows.len(), 2);
    assert_eq!(ask("SELECT '{\"a\": 1}'::jsonb ? 'a'").unwrap().rows, [[number(1)]]);
    assert_eq!(ask("SELECT FROM sales LIMIT 3").unwrap().rows, vec![Vec::<SqlCell>::new(); 3]);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    for (sql, place, message) in [
        ("SELECT amout FROM sales", Some((1, 8)), "column \"amout\" does not exist"),
        ("SELECT 'ä', id\nFROM sales\n  WERE id = 1", Some((3, 8)), "syntax error at or near \"id\""),
        (";; SELECT\n nope(1)", Some((2, 2)), "function nope(integer) does not exist"),
        ("SELECT * FROM nowhere", Some((1, 15)), "relation \"nowhere\" does not exist"),
        ("SELEC 1", Some((1, 7)), "syntax error at or near \"1\""),
        ("EXPLAIN SELECT * FROM nowhere", Some((1, 23)), "relation \"nowhere\" does not exist"),
        ("SELECT 1/0", None, "division by zero"),
        ("SELECT 'open", Some((1, 8)), "unterminated"),
        ("SELECT 1 -- ) AS q; COMMIT; --\n) AS x, (SELECT 2", Some((2, 1)), "syntax error"),
        ("SELECT * FROM sales WHERE id = $1", None, "a parameter has no value"),
    ] {
        match ask(sql) {
            Err(StoreError::Sql { message: said, at }) => {
                assert!(said.contains(message), "{sql}: {said}");
                assert!(place.is_none() || at == place, "{sql}: {at:?}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn nothing_but_reading_is_allowed() {
    let (_place, url, store) = two_imports();
    let before = dump(&url);
    for sql in [
        "EXPLAIN ANALYZE DELETE FROM sales",
        "WITH gone AS (DELETE FROM sales RETURNING 1) SELECT * FROM gone",
        "SELECT * FROM sales FOR UPDATE",
        "COPY sales TO PROGRAM 'cat'",
        "COPY sales TO '/tmp/sales'",
        "DO $$ BEGIN DELETE FROM sales; END $$",
        "SET ROLE postgres",
        "RESET ROLE",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('role', 'patron', false)",
        "SELECT \"set_config\"('statement_timeout', '0', false)",
        "SELECT U&\"set\\005fconfig\"('role', 'patron', false)",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SELECT pg_advisory_lock(1346458707, 1)",
        "SELECT pg_terminate_backend(1)",
        "SELECT rolpassword FROM pg_authid",
        "TABLE pg_shadow",
        "SELECT lo_import('/etc/hostname')",
        "LOCK TABLE sales",
        "PREPARE x AS SELECT 1",
        "DECLARE x CURSOR FOR SELECT 1",
        "FETCH ALL FROM answer",
        "LISTEN x",
    ] {
        let refused = store.reader().sql(sql, &SqlLimits::default());
        assert!(matches!(refused, Err(StoreError::SqlNotReading { .. })), "{sql}: {refused:?}");
    }
    assert_eq!(dump(&url), before);
}

/// The address of the tests is a superuser's: its rights are laid down.
#[test]
fn a_superuser_reads_no_files_of_the_server() {
    assert_eq!(ask("SELECT current_user").unwrap().rows, [[word("pg_read_all_data")]]);
    for sql in [
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_ls_dir('.')",
        "SELECT nextval('imports_id_seq')",
        "SELECT pg_reload_conf()",
    ] {
        match ask(sql) {
            Err(StoreError::Sql { message, .. }) => {
                assert!(message.contains("permission denied"), "{sql}: {message}")
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn a_user_with_few_rights_reads_what_it_may() {
    let (place, url, _store) = two_imports();
    let user = format!("reader_of_{}", place.name());
    place.sql(&format!(
        "CREATE ROLE {user} LOGIN; GRANT SELECT ON shop, __diesel_schema_migrations TO {user}"
    ));
    let address: DatabaseUrl = url.to_string().replace("patron@", &format!("{user}@")).parse().unwrap();
    let reader = Reader::open(&address).unwrap();
    assert_eq!(reader.sql("SELECT id FROM shop", &SqlLimits::default()).unwrap().rows, [[number(1)]]);
    let refused = reader.sql("SELECT id FROM sales", &SqlLimits::default());
    assert!(matches!(refused, Err(StoreError::Sql { .. })), "{refused:?}");
    drop(reader);
    place.sql(&format!("DROP OWNED BY {user}; DROP ROLE {user}"));
}

#[test]
fn shops_in_schemas_of_one_database_are_apart() {
    let place = cluster().database();
    let urls = ["north", "south \"x\""].map(|schema| {
        place.sql(&format!("CREATE SCHEMA \"{}\"", schema.replace('"', "\"\"")));
        let quoted = schema.replace(' ', "%5C%20").replace('"', "%22");
        let option = if schema == "north" { quoted } else { "%22south%5C%20%22%22x%22%22%22".to_owned() };
        format!("{}&options=-c%20search_path%3D{option}", place.url()).parse::<DatabaseUrl>().unwrap()
    });
    for (url, name) in urls.iter().zip(["North", "South"]) {
        let mut store = patron_store::Store::open(url).unwrap();
        let shop = patron_store::Shop { name: name.to_owned(), ..Default::default() };
        store.set_shop(&shop).unwrap();
    }
    for (url, name) in urls.iter().zip(["North", "South"]) {
        let reader = Reader::open(url).unwrap();
        assert_eq!(reader.sql("SELECT name FROM shop", &SqlLimits::default()).unwrap().rows, [[word(name)]]);
        assert!(reader.check(&mut |_| ()).unwrap().iter().all(|result| result.is_ok()));
        assert!(reader.tables().unwrap().iter().any(|table| table.name == "sales"));
    }
}
