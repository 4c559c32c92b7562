//! Whatever is wrong with a file is said in a sentence, with the way out, and leaves nothing behind.

use std::fs;

use crate::patron_runs;

struct Case {
    name: &'static str,
    content: &'static [u8],
    arguments: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
}

const CASES: [Case; 8] = [
    Case { name: "empty.csv", content: b"", arguments: &[], code: 1, says: &["empty.csv", "empty"] },
    Case {
        name: "binary.csv",
        content: b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0",
        arguments: &[],
        code: 1,
        says: &["binary.csv"],
    },
    Case {
        name: "no-customer.csv",
        content: b"day,total\n2023-01-01,5\n2023-01-02,6\n",
        arguments: &[],
        code: 1,
        says: &["no-customer.csv", "customer", "--map"],
    },
    Case {
        name: "ambiguous.csv",
        content: b"customer,date,amount\na,03/04/2023,5\nb,05/06/2023,6\na,07/08/2023,6\n",
        arguments: &[],
        code: 1,
        says: &["3 April 2023", "4 March 2023", "--dates"],
    },
    Case {
        name: "unknown-map.csv",
        content: b"customer,date,amount\na,2023-04-03,5\n",
        arguments: &["--map", "customer=Client"],
        code: 1,
        says: &["Client"],
    },
    Case {
        name: "bad-map.csv",
        content: b"customer,date,amount\na,2023-04-03,5\n",
        arguments: &["--map", "buyer=Client"],
        code: 2,
        says: &["buyer"],
    },
    Case {
        name: "profile.csv",
        content: b"customer,date,amount\na,2023-04-03,5\n",
        arguments: &["--profile", "wholesale"],
        code: 2,
        says: &["wholesale", "retail"],
    },
    Case {
        name: "nothing-left.csv",
        content: b"customer,date,amount\na,2023-04-03,0\nb,2023-04-04,-1\n",
        arguments: &[],
        code: 1,
        says: &["nothing-left.csv", "no line"],
    },
];

#[test]
fn every_bad_file_is_told_what_to_do() {
    for case in CASES {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join(case.name);
        fs::write(&input, case.content).unwrap();
        let database = folder.path().join("shop.db");
        let mut arguments = vec!["import", input.to_str().unwrap(), "--database", database.to_str().unwrap()];
        arguments.extend(case.arguments);
        let ran = patron_runs(&arguments);
        assert_eq!(ran.code, Some(case.code), "{}: {}", case.name, ran.err);
        for word in case.says {
            assert!(ran.err.contains(word), "{}: '{word}' is missing in: {}", case.name, ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        assert!(!database.exists(), "{} left a database behind", case.name);
    }
}

#[test]
fn a_missing_file_and_a_missing_database_are_named() {
    let missing =
        patron_runs(&["pipeline", "--input", "does-not-exist.csv", "--out", "does-not-exist-either"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("does-not-exist.csv"), "{}", missing.err);
    assert!(!std::path::Path::new("does-not-exist-either").exists(), "nothing is left behind");
    let database = patron_runs(&["analyze", "--database", "no-such.db"]);
    assert_eq!(database.code, Some(1));
    assert!(database.err.contains("no-such.db"), "{}", database.err);
    assert!(!std::path::Path::new("no-such.db").exists());
}

#[test]
fn a_senseless_command_line_is_refused_with_code_2() {
    for arguments in [
        &["pipelin"][..],
        &["pipeline", "--margin", "30"],
        &["pipeline", "--as-of", "yesterday"],
        &["pipeline", "--forecaster", "oracle"],
    ] {
        let ran = patron_runs(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
    }
}
