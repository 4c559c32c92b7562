//! Looking after a database from the command line: own SQL, a backup, checks.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use patron_store::{DatabaseUrl, Store};
use patron_tests::{Ran, patron, real_data, run, small_export};
use tempfile::TempDir;

use crate::{BINARY, patron_runs};

/// A shop of 40 orders of two lines.
fn shop() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (input, database) = (folder.path().join("sales.csv"), folder.path().join("shop.db"));
    fs::write(&input, small_export(0, 40)).unwrap();
    patron_runs(&["import", input.to_str().unwrap(), "--database", database.to_str().unwrap()]).ok();
    (folder, database)
}

fn sql(database: &Path, more: &[&str]) -> Ran {
    patron_runs(&[&["sql", "--database", database.to_str().unwrap()], more].concat())
}

fn check(database: &Path) -> Ran {
    patron_runs(&["check", "--database", database.to_str().unwrap()])
}

#[test]
fn one_select_in_four_forms() {
    let (_folder, database) = shop();
    // order 500000 of customer 1: one piece at 1.25 and one at 2.25
    let select = "SELECT id, sku, amount, unit_price, customer FROM sales_readable WHERE invoice = '500000'";
    let table = sql(&database, &[select]).ok();
    assert_eq!(
        table.out,
        "id  sku    amount  unit_price  customer\n--  -----  ------  ----------  --------\n \
         1  10000    1.25        1.25  1\n 2  10001    2.25        2.25  1\n"
    );
    let csv = sql(&database, &[select, "--format", "csv"]).ok();
    assert_eq!(csv.out, "id,sku,amount,unit_price,customer\n1,10000,1.25,1.25,1\n2,10001,2.25,2.25,1\n");
    let json = sql(&database, &[select, "--format", "json", "--limit", "1"]).ok();
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["rows"][0][2], &json["more"]), (&serde_json::json!(1.25), &serde_json::json!(true)));
    let markdown = sql(&database, &["SELECT 1 AS a, NULL AS b", "--format", "markdown"]).ok();
    assert_eq!(markdown.out, "| a | b |\n| --- | --- |\n| 1 | NULL |\n");
}

#[test]
fn texts_that_a_spreadsheet_would_run_are_defused() {
    let (_folder, database) = shop();
    let select = "SELECT '=1+1' AS formula, -5 AS number";
    assert_eq!(sql(&database, &[select, "--format", "csv"]).ok().out, "formula,number\n'=1+1,-5\n");
    assert_eq!(
        sql(&database, &[select, "--format", "csv", "--raw-csv"]).ok().out,
        "formula,number\n=1+1,-5\n"
    );
}

#[test]
fn limits_and_mistakes_are_said() {
    let (_folder, database) = shop();
    let some = sql(&database, &["SELECT id FROM sales", "--limit", "5", "--format", "csv"]).ok();
    assert_eq!(some.out.lines().count(), 6);
    assert!(some.err.contains("more rows than these 5"), "{}", some.err);
    let mistake = sql(&database, &["SELECT id,\n amout FROM sales"]);
    assert_eq!(mistake.code, Some(2));
    assert!(mistake.err.contains("line 2, column 2: no such column: amout"), "{}", mistake.err);
    let write = sql(&database, &["DELETE FROM sales"]);
    assert_eq!(write.code, Some(2));
    assert!(write.err.contains("a change of the table sales is not allowed"), "{}", write.err);
    let begun = Instant::now();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let stopped = sql(&database, &[endless, "--timeout", "1"]);
    assert_eq!(stopped.code, Some(1));
    assert!(stopped.err.contains("stopped after 1 seconds"), "{}", stopped.err);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    let nowhere = sql(&database.with_file_name("none.db"), &["SELECT 1"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(!database.with_file_name("none.db").exists());
}

#[test]
fn a_statement_comes_from_standard_input() {
    let (_folder, database) = shop();
    let mut command =
        patron(BINARY, &["sql", "-", "--format", "csv", "--database", database.to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"-- lines\nSELECT count(*) AS lines\nFROM sales;\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(output.stdout, b"lines\n80\n");
}

#[test]
fn tables_say_how_money_is_stored() {
    let (_folder, database) = shop();
    for arguments in [&[][..], &["--tables"]] {
        let shown = sql(&database, arguments).ok().out;
        assert!(shown.contains("  sales: id integer, transaction_id bigint"), "{shown}");
        assert!(
            shown.contains("ten-thousandths") && shown.contains("  sales_readable: id, invoice"),
            "{shown}"
        );
    }
}

#[test]
fn a_backup_is_a_database_and_overwrites_nothing_unasked() {
    let (folder, database) = shop();
    let copy = folder.path().join("copy.db");
    let backup = |more: &[&str]| {
        let arguments = ["backup", copy.to_str().unwrap(), "--database", database.to_str().unwrap()];
        patron_runs(&[&arguments, more].concat())
    };
    let made = backup(&[]).ok();
    assert!(made.out.contains("80 sale lines") && made.out.contains("5 customers"), "{}", made.out);
    let refused = backup(&[]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--force"), "{}", refused.err);
    backup(&["--force"]).ok();
    check(&copy).ok();
    assert_eq!(sql(&copy, &["SELECT count(*) FROM sales", "--format", "csv"]).ok().out, "count(*)\n80\n");
    let itself = patron_runs(&[
        "backup",
        database.to_str().unwrap(),
        "--force",
        "--database",
        database.to_str().unwrap(),
    ]);
    assert_eq!(itself.code, Some(2));
    assert!(itself.err.contains("the database itself"), "{}", itself.err);
    check(&database).ok();
}

#[test]
fn a_check_tells_what_is_wrong_and_fails() {
    let (_folder, database) = shop();
    let clean = check(&database).ok();
    assert!(
        clean.out.lines().count() >= 14 && clean.out.lines().all(|line| line.starts_with("ok ")),
        "{}",
        clean.out
    );
    // a customers file and a second import by way of replacing the first
    let customers = database.with_file_name("customers.csv");
    fs::write(&customers, "customer,city\n1,Rome\n2,Oslo\n").unwrap();
    let to = ["--database", database.to_str().unwrap()];
    patron_runs(&[&["import", "--customers", customers.to_str().unwrap()], &to[..]].concat()).ok();
    let input = database.with_file_name("sales.csv");
    let again = ["import", input.to_str().unwrap(), "--profile", "positive-quantity", "--replace"];
    patron_runs(&[&again, &to[..]].concat()).ok();
    check(&database).ok();
    // bytes of a stored text change: the report no longer adds up
    let mut bytes = fs::read(&database).unwrap();
    let (from, to) = (b"\"lines_read\":80", b"\"lines_read\":81");
    // also where the text of the replaced import has not been written over yet
    for place in 0..bytes.len() - from.len() {
        if bytes[place..].starts_with(from) {
            bytes[place..place + to.len()].copy_from_slice(to);
        }
    }
    fs::write(&database, bytes).unwrap();
    let wrong = check(&database);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.out.contains("WRONG  import-reports"), "{}", wrong.out);
    assert!(wrong.out.contains("imports 2 reports 81 lines read instead of 80"), "{}", wrong.out);
    assert!(wrong.err.contains("1 of "), "{}", wrong.err);
}

#[test]
fn a_shop_with_forecasts_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    patron_runs(&["pipeline", "--no-backtest", "--out", folder.path().to_str().unwrap()]).ok();
    let checked = check(&folder.path().join("patron.db"));
    assert_eq!(checked.code, Some(0), "{}", checked.out);
}

#[test]
fn the_real_online_retail_is_clean_and_its_backup_too() {
    let Some(input) = real_data("online_retail.csv.gz") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (database, copy) = (folder.path().join("shop.db"), folder.path().join("copy.db"));
    let to = ["--database", database.to_str().unwrap()];
    run(patron(BINARY, &[&["import", input.to_str().unwrap()], &to[..]].concat())).ok();
    let checked = check(&database);
    assert_eq!(checked.code, Some(0), "{}", checked.out);
    patron_runs(&[&["backup", copy.to_str().unwrap()], &to[..]].concat()).ok();
    check(&copy).ok();
    let counts = |path: &Path| Store::open_existing(&DatabaseUrl::from_path(path)).unwrap().counts().unwrap();
    assert_eq!(counts(&copy), counts(&database));
}
