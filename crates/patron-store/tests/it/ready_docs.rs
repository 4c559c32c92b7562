//! docs/queries.md lists the ready-made queries as they are.

use std::fmt::Write;
use std::{env, fs};

use patron_store::{ReadyColumn, ReadyKind, ReadyNeed, ReadyParameter, ReadyQuery};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/queries.md");
const BEGIN: &str = "<!-- written by: PATRON_BLESS=1 cargo test -p patron-store ready_docs -->\n";

#[test]
fn the_page_lists_all_twenty_as_they_are() {
    let page = fs::read_to_string(FILE).unwrap();
    let (head, _) = page.split_once(BEGIN).unwrap();
    let written = format!("{head}{BEGIN}{}", list());
    if env::var_os("PATRON_BLESS").is_some() {
        fs::write(FILE, &written).unwrap();
    }
    let page = fs::read_to_string(FILE).unwrap();
    assert_eq!(page, written, "write it anew: PATRON_BLESS=1 cargo test -p patron-store ready_docs");
}

#[test]
fn names_and_numbers_are_in_order_and_told_once() {
    let numbers: Vec<u8> = ReadyQuery::all().iter().map(|query| query.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<u8>>());
    let mut names: Vec<&str> = ReadyQuery::all().iter().map(|query| query.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 20);
    for query in ReadyQuery::all() {
        assert!(query.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", query.name);
        assert!(query.view.starts_with("query_"), "{}", query.view);
    }
}

fn list() -> String {
    let mut text = "\n| | query | answers |\n| ---: | --- | --- |\n".to_owned();
    for query in ReadyQuery::all() {
        writeln!(
            text,
            "| {} | [{name}](#{}-{name}) | {} |",
            query.number,
            query.number,
            query.meaning,
            name = query.name
        )
        .unwrap();
    }
    ReadyQuery::all().iter().for_each(|query| section(&mut text, query));
    text
}

fn section(text: &mut String, query: &ReadyQuery) {
    writeln!(text, "\n## {} {}\n\n{}", query.number, query.name, query.meaning).unwrap();
    if !query.notes.is_empty() {
        writeln!(text, "\n{}", query.notes).unwrap();
    }
    writeln!(text, "\n```sh\npatron query {}{}\n```\n", query.name, example(query.parameters)).unwrap();
    writeln!(text, "| column | holds |\n| --- | --- |").unwrap();
    for column in query.columns {
        writeln!(text, "| `{}`{} | {} |", column.key, unit(column), column.meaning).unwrap();
    }
    writeln!(text, "\nOrder of the rows: {}. View: `{}`.", query.order, query.view).unwrap();
}

fn example(parameters: &[ReadyParameter]) -> String {
    let part = |parameter: &ReadyParameter| {
        let flag = format!("--{} {}", parameter.kind.word(), parameter.kind.example());
        match parameter.need {
            ReadyNeed::Required => format!(" {flag}"),
            ReadyNeed::Optional => format!(" [{flag}]"),
            ReadyNeed::Default(default) => format!(" [--{} {default}]", parameter.kind.word()),
        }
    };
    parameters.iter().map(part).collect()
}

fn unit(column: &ReadyColumn) -> String {
    match (column.kind, column.unit) {
        (ReadyKind::Money, _) => " (money)".to_owned(),
        (ReadyKind::Day, _) => " (day)".to_owned(),
        (_, "") => String::new(),
        (_, unit) => format!(" ({unit})"),
    }
}
