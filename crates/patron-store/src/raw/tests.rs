use super::postgres::Sql;

#[test]
fn parameters_are_told_from_text() {
    let check = |text: &str, expected: &str| assert_eq!(format!("{:?}", Sql::new(text)), expected);
    check("a ? b ?", r#"Sql { pieces: ["a ", " b ", ""], places: [0, 1] }"#);
    check("?2, ?1 = '?'", r#"Sql { pieces: ["", ", ", " = '?'"], places: [1, 0] }"#);
    check("$1 -- what?\n$2", r#"Sql { pieces: ["", " -- what?\n", ""], places: [0, 1] }"#);
}
