//! The outside of a statement as PostgreSQL reads it: where it ends, and what its words are. What is inside, the
//! server understands better.

/// Stands among the words for a name in letters' numbers, `U&"\0061"`, which may be any.
pub(super) const ESCAPED_NAME: &str = "U&";

/// What there is of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text<'t> {
    /// Blanks, comments and semicolons only.
    Empty,
    /// More than one statement, or something behind the end of one.
    Several,
    /// One.
    One(One<'t>),
}

/// The only statement of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct One<'t> {
    /// From its first letter to before the semicolon.
    pub(super) sql: &'t str,
    /// Where it begins, in bytes.
    pub(super) begin: usize,
    /// Its words that are no strings, in lower case: keywords and names; whether each is outside all parentheses.
    pub(super) words: Vec<(String, bool)>,
    /// Whether it has a parameter (`$1`).
    pub(super) has_parameter: bool,
}

/// Looks at a text.
pub(super) fn look(text: &str) -> Text<'_> {
    let mut one = One { sql: "", begin: 0, words: Vec::new(), has_parameter: false };
    let (mut span, mut is_over, mut depth) = (None::<(usize, usize)>, false, 0_usize);
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match letter {
            _ if letter.is_whitespace() => letter.len_utf8(),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            ';' => {
                is_over |= span.is_some();
                1
            }
            _ if is_over => return Text::Several,
            _ => {
                let length = token(rest, letter, &mut one, &mut depth);
                span = Some((span.map_or(at, |(begin, _)| begin), at + length));
                length
            }
        };
        at += length;
    }
    match span {
        None => Text::Empty,
        Some((begin, end)) => Text::One(One { sql: &text[begin..end], begin, ..one }),
    }
}

/// The length of what the statement goes on with.
fn token(rest: &str, letter: char, one: &mut One<'_>, depth: &mut usize) -> usize {
    match letter {
        '\'' => quoted(rest, 0, false),
        '"' => {
            let length = quoted(rest, 0, false);
            one.words.push((rest[1..length].trim_end_matches('"').to_lowercase(), *depth == 0));
            length
        }
        '$' => dollar(rest, one),
        '(' | '[' => {
            *depth += 1;
            1
        }
        ')' | ']' => {
            *depth = depth.saturating_sub(1);
            1
        }
        _ if letter.is_alphabetic() || letter == '_' => {
            let inside = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
            let length = rest.find(|letter| !inside(letter)).unwrap_or(rest.len());
            let word = rest[..length].to_lowercase();
            if word == "e" && rest[length..].starts_with('\'') {
                return quoted(rest, length, true);
            }
            if word == "u" && rest[length..].starts_with("&\"") {
                one.words.push((ESCAPED_NAME.to_owned(), *depth == 0));
                return quoted(rest, length + 1, false);
            }
            one.words.push((word, *depth == 0));
            length
        }
        _ => letter.len_utf8(),
    }
}

/// The length of a string or name whose opening mark is at `from`; a doubled mark is one inside it, and so is one
/// behind a backslash where these count.
fn quoted(rest: &str, from: usize, has_escapes: bool) -> usize {
    let mark = rest.as_bytes()[from];
    let mut at = from + 1;
    while let Some(&byte) = rest.as_bytes().get(at) {
        at += match byte {
            b'\\' if has_escapes => 2,
            _ if byte == mark && rest.as_bytes().get(at + 1) == Some(&mark) => 2,
            _ if byte == mark => return at + 1,
            _ => 1,
        };
    }
    rest.len()
}

/// The length of a comment, which may have others inside.
fn comment(rest: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 && at < rest.len() {
        let (step, change) = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        (at, depth) = (at + step, depth + change);
    }
    at.min(rest.len())
}

/// The length of a string between two `$tag$`, or of a parameter.
fn dollar(rest: &str, one: &mut One<'_>) -> usize {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    let name = rest[1..].find(|letter| !inside(letter)).unwrap_or(rest.len() - 1);
    if rest[1..].starts_with(|letter: char| letter.is_ascii_digit()) {
        one.has_parameter = true;
        return 1 + name;
    }
    let tag = rest.get(..name + 2).filter(|tag| tag.ends_with('$'));
    tag.map_or(1, |tag| rest[tag.len()..].find(tag).map_or(rest.len(), |end| end + 2 * tag.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> One<'_> {
        match look(text) {
            Text::One(one) => one,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_statement_ends_where_the_server_says_it_does() {
        for (text, sql, begin) in [
            ("SELECT 1", "SELECT 1", 0),
            (" ;; -- a; b\n SELECT ';' ; -- c; d", "SELECT ';'", 13),
            ("/* a /* ; */ b; */ SELECT /* ; */ 1;;", "SELECT /* ; */ 1", 19),
            ("SELECT E'\\';', 'a'';', \"b\"\";\" ;", "SELECT E'\\';', 'a'';', \"b\"\";\"", 0),
            ("SELECT $$;$$, $ä_1$ ; $$ $ä_1$;", "SELECT $$;$$, $ä_1$ ; $$ $ä_1$", 0),
            ("SELECT 'a\\'; ", "SELECT 'a\\'", 0),
            ("SELECT 'open; ", "SELECT 'open; ", 0),
            ("SELECT a$b$ FROM x;", "SELECT a$b$ FROM x", 0),
        ] {
            let found = one(text);
            assert_eq!((found.sql, found.begin), (sql, begin), "{text}");
        }
        for text in ["", " \n", "-- a", ";", "/* a */ ; -- b", "/* open ; SELECT 1"] {
            assert_eq!(look(text), Text::Empty, "{text}");
        }
        for text in
            ["SELECT 1; SELECT 2", "SELECT 1; x", "SELECT ''';'; COMMIT", "SELECT E'\\\\'; DROP", "a;/**/'b'"]
        {
            assert_eq!(look(text), Text::Several, "{text}");
        }
    }

    #[test]
    fn words_are_told_from_strings() {
        let found =
            one("WITH a AS (DELETE FROM t) Select \"Set_Config\", 'update', $1, $x$drop$x$ -- insert");
        let words: Vec<(&str, bool)> =
            found.words.iter().map(|(word, outside)| (word.as_str(), *outside)).collect();
        let expected = [
            ("with", true),
            ("a", true),
            ("as", true),
            ("delete", false),
            ("from", false),
            ("t", false),
            ("select", true),
            ("set_config", true),
        ];
        assert_eq!(words, expected);
        assert_eq!(one("SELECT U&\"\\0061\", U&'x'").words[1].0, ESCAPED_NAME);
        assert!(found.has_parameter && !one("SELECT a$1").has_parameter);
    }
}
