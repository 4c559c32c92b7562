//! What a log names nothing of is told, not left to be guessed from empty tables.

use patron_analytics::{AbsentAnswers, AnalysisOptions, analyse};
use patron_columns::RollupSource;
use patron_domain::Day;

use crate::real_data::{cdnow, online_retail};
use crate::shop::{lines_of, table_of};

fn absent(source: &dyn RollupSource) -> Vec<AbsentAnswers> {
    analyse(source, &AnalysisOptions::at(Day::from_number(0))).unwrap().absent
}

fn check(shop: &str, expected: &[AbsentAnswers]) {
    assert_eq!(absent(&table_of(&lines_of(shop))), expected, "{shop}");
}

#[test]
fn what_no_line_names_is_absent() {
    use AbsentAnswers::{Countries, Customers, Products};
    check("2011-01-03 anna o1 tea UK 2 10.00", &[]);
    check("2011-01-03 anna o1 - UK 2 10.00", &[Products]);
    check("2011-01-03 - o1 tea - 2 10.00", &[Customers, Countries]);
    check("2011-01-03 - o1 - - 2 10.00\n2011-01-04 - o2 tea - 1 5.00", &[Customers, Countries]);
    check("2011-01-03 anna r1 tea UK -2 -10.00", &[]);
    check("", &[Customers, Products, Countries]);
}

#[test]
fn the_published_logs_name_what_they_name() {
    if let Some(table) = online_retail() {
        assert_eq!(absent(&table), []);
    }
    if let Some(table) = cdnow() {
        assert_eq!(absent(&table), [AbsentAnswers::Products, AbsentAnswers::Countries]);
    }
}
