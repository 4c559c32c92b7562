//! `cargo xtask synth` from outside: the same bytes on any number of threads, and what cannot be made is refused cleanly.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::{Connection, types::Value};

/// More customers than are made in order of time, who buy little, so that the shop is streamed.
const STREAMED: &str =
    "base = 'demo'\ncustomers = 100200\nlines_per_order = 1.0\n[buying]\nr = 0.2\nalpha = 900.0\n";

fn synth(folder: &Path, threads: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("synth").args(arguments).current_dir(folder).env("RAYON_NUM_THREADS", threads);
    command.env_remove("DATABASE_URL").output().expect("xtask runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn made(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// Every row of every table that holds the shop, as text.
fn dump(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).expect("a database");
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%migrations' ORDER BY name";
    let names: Vec<String> = rows(&connection, names).into_iter().map(|row| row.replace('"', "")).collect();
    let table = |name: &String| {
        let name = name.trim_start_matches("[Text(").trim_end_matches(")]").to_owned();
        let rows = rows(&connection, &format!("SELECT * FROM {name} ORDER BY 1, 2"));
        rows.into_iter().map(move |row| format!("{name} {row}"))
    };
    names.iter().flat_map(table).collect()
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).expect("a statement");
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let values: Vec<Value> = (0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        Ok(format!("{values:?}"))
    };
    statement.query_map([], row).expect("rows").collect::<Result<_, _>>().expect("values")
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folders = ["1", "2"].map(|threads| (threads, tempfile::tempdir().expect("a folder")));
    for (threads, folder) in &folders {
        fs::write(folder.path().join("streamed.toml"), STREAMED).expect("a file");
        let small = ["--customers", "300", "--to", "shop.db", "--csv", "log.csv", "--parquet", "log.parquet"];
        let others =
            ["--shopify", "shopify.csv", "--woocommerce", "woo.csv", "--re-exports", "1.csv", "2.csv"];
        made(&synth(folder.path(), threads, &[&small[..], &others, &["--truth-customers"]].concat()));
        let files = ["--to", "streamed.db", "--csv", "streamed.csv", "--parquet", "streamed.parquet"];
        let truth = ["--scenario", "streamed.toml", "--truth", "streamed.json"];
        made(&synth(folder.path(), threads, &[&files[..], &truth].concat()));
    }
    let [one, two] = folders.each_ref().map(|(_, folder)| folder.path());
    for file in [
        "log.csv",
        "log.csv.truth.json",
        "log.parquet",
        "shopify.csv",
        "shopify.csv.truth.json",
        "woo.csv",
        "1.csv",
        "2.csv",
        "1.csv.truth.json",
        "truth.json",
        "streamed.csv",
        "streamed.parquet",
        "streamed.json",
    ] {
        let [one, two] = [one, two].map(|folder| fs::read(folder.join(file)).expect(file));
        assert!(one.len() > 500 && one == two, "{file}");
    }
    for database in ["shop.db", "streamed.db"] {
        let [one, two] = [one, two].map(|folder| dump(&folder.join(database)));
        assert!(one.len() > 5_000, "{} rows", one.len());
        assert!(one == two, "{database}");
    }
    let truth = fs::read_to_string(one.join("truth.json")).expect("the truth");
    assert!(truth.contains("\"alive_at_end\"") && truth.contains("\"buying\""));
}

#[test]
fn impossible_shops_are_refused_with_the_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let refuse = |arguments: &[&str], code: i32, words: &[&str]| {
        let refused = synth(folder.path(), "2", &[arguments, &["--to", "shop.db"]].concat());
        assert_eq!(refused.status.code(), Some(code), "{arguments:?} {}", said(&refused));
        assert!(words.iter().all(|word| said(&refused).contains(word)), "{}", said(&refused));
        assert!(!folder.path().join("shop.db").exists());
    };
    let refuse_file = |text: &str, words: &[&str]| {
        fs::write(folder.path().join("x.toml"), format!("base = 'demo'\n{text}")).expect("a file");
        refuse(&["--scenario", "x.toml"], 2, words);
    };
    refuse_file("[buying]\nr = -0.5", &["x.toml", "`buying.r` is -0.5"]);
    refuse_file("[dirt]\nduplicates = -1", &["`dirt.duplicates` is -1"]);
    refuse_file("[[countries]]\nname = 'Spain'\nshare = 1.5", &["`countries[0].share` is 1.5"]);
    refuse_file("end = 2022-01-01", &["`end` is 2022-01-01, before `start` 2023-01-01"]);
    refuse_file("colour = 'red'", &["colour"]);
    refuse(&["--customers", "0"], 2, &["`customers` is 0"]);
    refuse(&["--products", "10"], 2, &["`catalogue`", "`products`"]);
    refuse(&["--scenario", "nonsense"], 2, &["nonsense", "cdnow-like", "huge"]);
    let nowhere = synth(folder.path(), "2", &["--customers", "10"]);
    assert_eq!((nowhere.status.code(), said(&nowhere).contains("--to")), (Some(2), true));
    let days = ["--customers", "50", "--re-exports", "1.csv", "2.csv", "--first-until", "2030-01-01"];
    let refused = synth(folder.path(), "2", &days);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("`first_until`"), "{}", said(&refused));
    assert!(!folder.path().join("1.csv").exists());
}

#[test]
fn a_database_that_is_not_empty_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    made(&synth(folder.path(), "2", &["--customers", "20", "--to", "shop.db"]));
    let before = dump(&folder.path().join("shop.db"));
    let truth = fs::read(folder.path().join("truth.json")).expect("the truth");
    let refused = synth(folder.path(), "2", &["--customers", "30", "--to", "shop.db"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("sale lines already") && said(&refused).contains("shop.db"),
        "{}",
        said(&refused)
    );
    assert_eq!(dump(&folder.path().join("shop.db")), before);
    assert_eq!(fs::read(folder.path().join("truth.json")).expect("the truth"), truth);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so loudly")]
fn a_full_disk_ends_cleanly() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).expect("a folder");
    let inside = |size: &str, arguments: &str| {
        // a small disk that only this command sees
        let script = format!(
            "mount -t tmpfs -o size={size} tmpfs disk || exit 99; cd disk; '{}' synth {arguments}; echo \"code $?\"; ls -A .",
            env!("CARGO_BIN_EXE_xtask")
        );
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", &format!("cd '{}' && {script}", folder.path().display())]);
        command.output().ok().filter(|output| output.status.code() != Some(99) && !output.stdout.is_empty())
    };
    for (size, output) in [
        ("2m", "--customers 3000 --to shop.db"),
        ("2m", "--customers 3000 --to log.csv"),
        ("600k", "--customers 5000 --to log.parquet"),
        ("2m", "--customers 3000 --shopify orders.csv"),
        ("2m", "--customers 3000 --re-exports 1.csv 2.csv"),
    ] {
        let Some(full) = inside(size, output) else {
            eprintln!(
                "SKIPPED: no mounts of its own for a process here (unshare -rm); nothing was tested here"
            );
            return;
        };
        let (out, err) = (String::from_utf8_lossy(&full.stdout), said(&full));
        assert_eq!(out.trim(), "code 1", "{output}: {err}");
        assert!(err.contains("no room left") || err.contains("No space left"), "{output}: {err}");
    }
}

#[test]
fn every_key_of_a_scenario_is_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/synthetic-shops.md");
    let page = fs::read_to_string(page).expect("the page on synthetic shops");
    let folder = tempfile::tempdir().expect("a folder");
    for scenario in ["demo", "holiday-heavy", "dying-shop", "subscription-box"] {
        let shown = synth(folder.path(), "1", &["--scenario", scenario, "--show-scenario"]);
        made(&shown);
        let shown = String::from_utf8(shown.stdout).expect("TOML is UTF-8");
        // departments are names, and what is empty stands under the name of its tables
        let keys = shown.lines().filter(|line| !line.ends_with("= []"));
        let keys = keys.filter_map(|line| Some(line.split_once(" = ")?.0));
        let keys = keys.filter(|key| key.starts_with(|letter: char| letter.is_ascii_lowercase()));
        for key in keys {
            assert!(
                page.contains(&format!("`{key}`")),
                "{key} of {scenario} is not in docs/synthetic-shops.md"
            );
        }
        let tables = shown.lines().filter(|line| line.starts_with('['));
        for table in tables {
            assert!(page.contains(&format!("`{table}`")), "{table} is not in docs/synthetic-shops.md");
        }
    }
}
