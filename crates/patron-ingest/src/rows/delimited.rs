//! Rows of delimited text (RFC 4180 with any delimiter, or columns separated by blanks), read in place.

use std::path::{Path, PathBuf};

use super::{Row, Span};
use crate::IngestError;
use crate::source::{Bytes, Compression, shown, unpack_error};

/// Longest line that is read, and longest quoted text across lines.
const LONGEST_LINE: usize = 1 << 20;
const FIRST_BUFFER: usize = 1 << 18;

/// What separates the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// One byte between two fields; fields may be quoted.
    Byte(u8),
    /// Any run of blanks, also before the first field; no quotes.
    Blanks,
}

impl Delimiter {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Byte(b',') => "comma",
            Self::Byte(b';') => "semicolon",
            Self::Byte(b'\t') => "tab",
            Self::Byte(b'|') => "vertical bar",
            Self::Byte(_) => "other",
            Self::Blanks => "blanks",
        }
    }
}

/// How lines and fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: Delimiter,
    /// `\n` (with or without `\r` before it), or `\r` alone.
    pub(crate) terminator: u8,
}

/// Rows of a text that streams through a buffer; the fields are slices of it.
pub(crate) struct DelimitedRows {
    path: PathBuf,
    compression: Option<Compression>,
    reader: Bytes,
    dialect: Dialect,
    buffer: Vec<u8>,
    /// Unread bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    ended: bool,
    /// Number of the line that begins at `start`.
    line: u64,
    row_start: usize,
    row_end: usize,
    row_line: u64,
    fields: Vec<Span>,
    unescaped: Vec<u8>,
}

/// A record that begins at the front of the unread bytes.
enum Found {
    /// Its length without and with its terminator, and the line breaks inside it.
    Record { length: usize, used: usize, breaks: u64 },
    /// The buffer ends before the record does.
    Unfinished { quote: Option<OpenQuote> },
}

#[derive(Clone, Copy)]
struct OpenQuote {
    breaks: u64,
    column: usize,
}

impl DelimitedRows {
    pub(crate) fn new(
        path: &Path,
        compression: Option<Compression>,
        reader: Bytes,
        dialect: Dialect,
    ) -> Self {
        Self {
            path: path.to_owned(),
            compression,
            reader,
            dialect,
            buffer: vec![0; FIRST_BUFFER],
            start: 0,
            end: 0,
            ended: false,
            line: 1,
            row_start: 0,
            row_end: 0,
            row_line: 0,
            fields: Vec::new(),
            unescaped: Vec::new(),
        }
    }

    pub(crate) fn row(&self) -> Row<'_> {
        Row {
            text: &self.buffer[self.row_start..self.row_end],
            unescaped: &self.unescaped,
            fields: &self.fields,
            line: self.row_line,
            from_cells: false,
        }
    }

    /// Goes to the next line that is not empty.
    pub(crate) fn advance(&mut self) -> Result<bool, IngestError> {
        loop {
            if self.line == 1 && self.start == 0 && self.end == 0 {
                self.refill()?;
                if self.buffer[..self.end].starts_with(b"\xef\xbb\xbf") {
                    self.start = 3;
                }
            }
            if self.start == self.end && self.ended {
                return Ok(false);
            }
            match self.find_record() {
                Found::Record { length, used, breaks } => {
                    (self.row_start, self.row_end) = (self.start, self.start + length);
                    self.row_line = self.line;
                    self.start += used;
                    self.line += breaks + 1;
                    // 0x1a closes files that come from DOS.
                    let blank = match self.dialect.delimiter {
                        _ if self.buffer[self.row_start..self.row_end] == [0x1a] => true,
                        Delimiter::Byte(_) => length == 0,
                        Delimiter::Blanks => self.fields.is_empty(),
                    };
                    if !blank {
                        return Ok(true);
                    }
                }
                Found::Unfinished { quote } => {
                    let too_long = self.end - self.start >= LONGEST_LINE;
                    match quote {
                        Some(quote) if self.ended || too_long => {
                            let line = self.line + quote.breaks;
                            return Err(IngestError::UnclosedQuote {
                                file: shown(&self.path),
                                line,
                                column: quote.column,
                            });
                        }
                        _ if too_long => {
                            return Err(IngestError::LineTooLong {
                                file: shown(&self.path),
                                line: self.line,
                                limit: LONGEST_LINE,
                            });
                        }
                        _ => self.refill()?,
                    }
                }
            }
        }
    }

    /// Moves the unread bytes to the front, makes room and reads on.
    fn refill(&mut self) -> Result<(), IngestError> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = crate::source::read_full(&mut self.reader, &mut self.buffer[self.end..]);
        let count = read.map_err(|source| unpack_error(&self.path, self.compression, source))?;
        self.ended = self.end + count < self.buffer.len();
        self.end += count;
        Ok(())
    }

    fn find_record(&mut self) -> Found {
        let unread = &self.buffer[self.start..self.end];
        let newline = memchr::memchr(self.dialect.terminator, unread);
        let (length, used) = match newline {
            Some(place) => (place, place + 1),
            None if self.ended => (unread.len(), unread.len()),
            None => {
                let quote = match self.dialect.delimiter {
                    Delimiter::Byte(delimiter) if memchr::memchr(b'"', unread).is_some() => {
                        let mut fields = Vec::new();
                        let quoted = Quoted { delimiter, terminator: self.dialect.terminator, ended: false };
                        quoted.open_quote(unread, &mut fields)
                    }
                    _ => None,
                };
                return Found::Unfinished { quote };
            }
        };
        let line = without_return(&unread[..length]);
        match self.dialect.delimiter {
            Delimiter::Blanks => split_blanks(line, &mut self.fields),
            Delimiter::Byte(delimiter) if memchr::memchr(b'"', line).is_none() => {
                split(line, delimiter, &mut self.fields);
            }
            Delimiter::Byte(delimiter) => {
                let quoted = Quoted { delimiter, terminator: self.dialect.terminator, ended: self.ended };
                return quoted.find(unread, &mut self.fields, &mut self.unescaped);
            }
        }
        Found::Record { length: line.len(), used, breaks: 0 }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32, unescaped: false }
}

fn split(line: &[u8], delimiter: u8, fields: &mut Vec<Span>) {
    fields.clear();
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, line) {
        fields.push(span(start, end));
        start = end + 1;
    }
    fields.push(span(start, line.len()));
}

fn split_blanks(line: &[u8], fields: &mut Vec<Span>) {
    fields.clear();
    let mut place = 0;
    while place < line.len() {
        let blanks = line[place..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = place + blanks;
        let letters = line[start..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        if letters > 0 {
            fields.push(span(start, start + letters));
        }
        place = start + letters;
    }
}

/// A record in which a quotation mark occurs, maybe across lines.
#[derive(Clone, Copy)]
struct Quoted {
    delimiter: u8,
    terminator: u8,
    /// Nothing follows the bytes at hand.
    ended: bool,
}

/// How a field ended.
enum FieldEnd {
    Delimiter,
    Line,
    /// The bytes at hand ended first, outside or inside quotes.
    Bytes {
        quoted: bool,
    },
}

impl Quoted {
    fn find(self, unread: &[u8], fields: &mut Vec<Span>, unescaped: &mut Vec<u8>) -> Found {
        fields.clear();
        unescaped.clear();
        let (mut place, mut breaks) = (0, 0);
        loop {
            let column = fields.len() + 1;
            let opened = breaks;
            let (field, next, end) = self.field(unread, place, unescaped, &mut breaks);
            fields.push(field);
            place = next;
            match end {
                FieldEnd::Delimiter => {}
                FieldEnd::Line => {
                    let length = without_return(&unread[..place - 1]).len();
                    return Found::Record { length, used: place, breaks };
                }
                FieldEnd::Bytes { quoted: false } if self.ended => {
                    let length = without_return(unread).len();
                    return Found::Record { length, used: unread.len(), breaks };
                }
                FieldEnd::Bytes { quoted: false } => return Found::Unfinished { quote: None },
                FieldEnd::Bytes { quoted: true } => {
                    return Found::Unfinished { quote: Some(OpenQuote { breaks: opened, column }) };
                }
            }
        }
    }

    fn open_quote(self, unread: &[u8], fields: &mut Vec<Span>) -> Option<OpenQuote> {
        match self.find(unread, fields, &mut Vec::new()) {
            Found::Unfinished { quote } => quote,
            Found::Record { .. } => None,
        }
    }

    /// The field that begins at `place`, where the next one begins, and how it ended.
    fn field(
        self,
        unread: &[u8],
        place: usize,
        unescaped: &mut Vec<u8>,
        breaks: &mut u64,
    ) -> (Span, usize, FieldEnd) {
        if unread.get(place) != Some(&b'"') {
            let (end, next, how) = self.bare(unread, place);
            return (span(place, end), next, how);
        }
        let inside = place + 1;
        let Some(close) = self.skip_to_quote(unread, inside, breaks) else {
            return (span(inside, unread.len()), unread.len(), FieldEnd::Bytes { quoted: true });
        };
        match unread.get(close + 1) {
            // Whether a second quote or a delimiter follows is not known yet.
            None if !self.ended => (span(inside, close), unread.len(), FieldEnd::Bytes { quoted: true }),
            Some(&next) if next != self.delimiter && next != self.terminator && next != b'\r' => {
                self.unescape(unread, inside, close, unescaped, breaks)
            }
            _ => {
                let (_, next, how) = self.bare(unread, close + 1);
                (span(inside, close), next, how)
            }
        }
    }

    /// A quoted field in which quotes are doubled, or that goes on behind its closing quote.
    fn unescape(
        self,
        unread: &[u8],
        mut from: usize,
        mut close: usize,
        unescaped: &mut Vec<u8>,
        breaks: &mut u64,
    ) -> (Span, usize, FieldEnd) {
        let start = unescaped.len();
        let field = |end: usize| Span { start: start as u32, end: end as u32, unescaped: true };
        loop {
            unescaped.extend_from_slice(&unread[from..close]);
            if unread.get(close + 1) == Some(&b'"') {
                unescaped.push(b'"');
                from = close + 2;
                match self.skip_to_quote(unread, from, breaks) {
                    Some(next) => close = next,
                    None => return (field(unescaped.len()), unread.len(), FieldEnd::Bytes { quoted: true }),
                }
            } else if close + 1 == unread.len() && !self.ended {
                return (field(unescaped.len()), unread.len(), FieldEnd::Bytes { quoted: true });
            } else {
                let (end, next, how) = self.bare(unread, close + 1);
                unescaped.extend_from_slice(&unread[close + 1..end]);
                return (field(unescaped.len()), next, how);
            }
        }
    }

    /// Place of the next quote; line breaks on the way are counted.
    fn skip_to_quote(self, unread: &[u8], from: usize, breaks: &mut u64) -> Option<usize> {
        let place = memchr::memchr(b'"', &unread[from..]).map(|offset| from + offset);
        let passed = &unread[from..place.unwrap_or(unread.len())];
        *breaks += memchr::memchr_iter(self.terminator, passed).count() as u64;
        place
    }

    /// Text up to the next delimiter or the end of the line.
    fn bare(self, unread: &[u8], from: usize) -> (usize, usize, FieldEnd) {
        let rest = &unread[from..];
        match memchr::memchr2(self.delimiter, self.terminator, rest) {
            Some(offset) if rest[offset] == self.delimiter => {
                (from + offset, from + offset + 1, FieldEnd::Delimiter)
            }
            Some(offset) => (from + without_return(&rest[..offset]).len(), from + offset + 1, FieldEnd::Line),
            None => (from + without_return(rest).len(), unread.len(), FieldEnd::Bytes { quoted: false }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const COMMA: Dialect = Dialect { delimiter: Delimiter::Byte(b','), terminator: b'\n' };

    type Fields = Vec<Vec<u8>>;

    fn rows(text: &[u8], dialect: Dialect) -> Result<Vec<(u64, Fields)>, IngestError> {
        let reader = Box::new(std::io::Cursor::new(text.to_vec()));
        let mut rows = DelimitedRows::new(Path::new("sales.csv"), None, reader, dialect);
        let mut all = Vec::new();
        while rows.advance()? {
            let row = rows.row();
            all.push((row.line, (0..row.len()).map(|i| row.field(i).to_vec()).collect()));
        }
        Ok(all)
    }

    fn check(text: &str, dialect: Dialect, expected: &[(u64, &[&str])]) {
        let found = rows(text.as_bytes(), dialect).unwrap();
        let expected: Vec<(u64, Vec<Vec<u8>>)> = expected
            .iter()
            .map(|(line, fields)| (*line, fields.iter().map(|field| field.as_bytes().to_vec()).collect()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_and_fields_are_told_apart() {
        check("a,b\n1,2\n", COMMA, &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n\r\n1,\r\n", COMMA, &[(1, &["a", "b"]), (3, &["1", ""])]);
        check("\u{feff}a,b", COMMA, &[(1, &["a", "b"])]);
        let old_mac = Dialect { terminator: b'\r', ..COMMA };
        check("a,b\r1,2\r", old_mac, &[(1, &["a", "b"]), (2, &["1", "2"])]);
        let blanks = Dialect { delimiter: Delimiter::Blanks, ..COMMA };
        check(
            " 00001 19970101  1   11.77\n \n 2 3\n\u{1a}",
            blanks,
            &[(1, &["00001", "19970101", "1", "11.77"]), (3, &["2", "3"])],
        );
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_breaks() {
        check("\"a,b\",\"c\"\n", COMMA, &[(1, &["a,b", "c"])]);
        check("\"5\"\" nail\",x\nb,c", COMMA, &[(1, &["5\" nail", "x"]), (2, &["b", "c"])]);
        check("a,\"two\nlines\"\nb,c\n", COMMA, &[(1, &["a", "two\nlines"]), (3, &["b", "c"])]);
        check("5\" nail,x\n", COMMA, &[(1, &["5\" nail", "x"])]);
        check("\"a\"b,\"\"\r\n", COMMA, &[(1, &["ab", ""])]);
    }

    #[rstest]
    #[case("a,b\n1,\"x\n2,y\n", 2, 2)]
    #[case("a,b\n1,x\n\"2", 3, 1)]
    #[case("\"a\nb\",\"c\n", 2, 2)]
    fn an_open_quote_is_told_with_line_and_column(
        #[case] text: &str,
        #[case] line: u64,
        #[case] column: usize,
    ) {
        let error = rows(text.as_bytes(), COMMA).unwrap_err();
        let IngestError::UnclosedQuote { line: l, column: c, .. } = error else { panic!("{error}") };
        assert_eq!((l, c), (line, column));
    }

    #[test]
    fn an_endless_line_is_refused_and_long_files_stream() {
        let endless = vec![b'x'; 5 * LONGEST_LINE];
        assert!(matches!(rows(&endless, COMMA), Err(IngestError::LineTooLong { line: 1, .. })));
        let mut open = b"a,b\n1,\"".to_vec();
        open.extend(b"x,y\n".repeat(LONGEST_LINE));
        assert!(matches!(rows(&open, COMMA), Err(IngestError::UnclosedQuote { line: 2, column: 2, .. })));
        let long = "12,\"a \"\"quoted\"\" text\",34\n".repeat(50_000);
        let found = rows(long.as_bytes(), COMMA).unwrap();
        assert_eq!((found.len(), found[49_999].0), (50_000, 50_000));
        assert!(found.iter().all(|(_, fields)| fields[1] == b"a \"quoted\" text"));
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(text in "[ab,\"\n]{0,60}") {
            let mut oracle = csv::ReaderBuilder::new().has_headers(false).flexible(true)
                .terminator(csv::Terminator::Any(b'\n')).from_reader(text.as_bytes());
            let expected: Vec<Vec<Vec<u8>>> = oracle.byte_records()
                .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            if let Ok(found) = rows(text.as_bytes(), COMMA) {
                let found: Vec<Vec<Vec<u8>>> = found.into_iter().map(|(_, fields)| fields).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
