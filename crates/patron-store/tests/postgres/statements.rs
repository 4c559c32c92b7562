//! The statements of the twenty ready-made queries, as PostgreSQL understands them.

use patron_store::{ReadyParameterKind, ReadyQuery};

use crate::support::database;

#[test]
fn statements_have_the_columns_and_parameters_they_are_documented_with() {
    let (place, _url, _store) = database();
    for query in ReadyQuery::all() {
        let bound =
            |kind| if matches!(kind, ReadyParameterKind::Month | ReadyParameterKind::Year) { 2 } else { 1 };
        let parameters: usize = query.parameters.iter().map(|parameter| bound(parameter.kind)).sum();
        let asked = format!(
            "PREPARE query AS {}; SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'query'",
            query.sql
        );
        assert_eq!(place.sql(&asked), parameters.to_string(), "{}", query.name);
        let view = format!("SELECT count(*) FROM pg_views WHERE viewname = '{}'", query.view);
        assert_eq!(place.sql(&view), "1", "{}", query.view);
    }
}
