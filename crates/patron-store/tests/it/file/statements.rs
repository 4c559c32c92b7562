//! The statements of the twenty ready-made queries, as SQLite understands them.

use patron_store::{ReadyParameterKind, ReadyQuery};

use crate::backend::raw;
use crate::support::database;

#[test]
fn statements_change_only_on_purpose() {
    let (_folder, url, _store) = database();
    let connection = raw(&url);
    for query in ReadyQuery::all() {
        let statement = connection.prepare(query.sql).unwrap();
        let keys: Vec<&str> = query.columns.iter().map(|column| column.key).collect();
        assert_eq!(statement.column_names(), keys);
        assert!(statement.readonly());
        let bound =
            |kind| if matches!(kind, ReadyParameterKind::Month | ReadyParameterKind::Year) { 2 } else { 1 };
        let parameters: usize = query.parameters.iter().map(|parameter| bound(parameter.kind)).sum();
        assert_eq!(statement.parameter_count(), parameters, "{}", query.name);
        insta::assert_snapshot!(query.name, query.sql);
    }
}

/// A table read as a whole for each row of another would take a large shop hours.
#[test]
fn nothing_is_read_as_a_whole_for_each_row() {
    let (_folder, url, _store) = database();
    let connection = raw(&url);
    let views = ReadyQuery::all().iter().map(|query| format!("SELECT * FROM {}", query.view));
    for sql in ReadyQuery::all().iter().map(|query| query.sql.to_owned()).chain(views) {
        let mut steps = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut steps = steps.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get(3).unwrap();
            assert!(!(step.starts_with("SCAN") && step.ends_with("LEFT-JOIN")), "{step}: {sql}");
        }
    }
}
