//! Lists, page by page.

use std::fmt;
use std::str::FromStr;

/// A kind of row that can be read one by one and in lists.
///
/// Implemented by [`CustomerRecord`](crate::CustomerRecord), [`ProductRecord`](crate::ProductRecord),
/// [`TransactionRecord`](crate::TransactionRecord), [`SaleRecord`](crate::SaleRecord) and
/// [`DateRecord`](crate::DateRecord).
#[expect(
    private_bounds,
    reason = "how rows are stored is nobody's business outside; the trait is sealed by it"
)]
pub trait Resource: Clone + fmt::Debug + Send + 'static + crate::crud::Stored {
    /// What it is called in messages: `customer`.
    const WHAT: &'static str;
    /// Its number.
    type Id: Copy + fmt::Debug + fmt::Display + Into<i64> + From<i64> + Send + 'static;
    /// What a list can be sorted by.
    type Sort: Sort;
    /// What a list can be narrowed to.
    type Filter: Clone + fmt::Debug + Default + Send + 'static;

    /// Its number.
    fn id(&self) -> Self::Id;

    /// A mark of its contents, 32 hexadecimal digits: another one whenever any field differs.
    fn etag(&self) -> String;
}

/// The columns a list can be sorted by; equal values are in the order of the ids.
pub trait Sort: Copy + fmt::Debug + Default + PartialEq + Send + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The column's name.
    fn word(self) -> &'static str;

    /// The one with that name.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.word() == word)
    }
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// A page that is asked for.
#[derive(Clone, Debug)]
pub struct List<R: Resource> {
    /// Which rows.
    pub filter: R::Filter,
    /// In which order.
    pub sort: R::Sort,
    /// Which way.
    pub direction: Direction,
    /// Rows after this place; `None` for the first page.
    pub after: Option<Cursor>,
    /// At most so many rows: 1 to [`List::MAX_LIMIT`], others are held at these.
    pub limit: u32,
}

impl<R: Resource> List<R> {
    /// The most rows of a page.
    pub const MAX_LIMIT: u32 = 1_000;
}

impl<R: Resource> Default for List<R> {
    /// The first 50 rows in the default order.
    fn default() -> Self {
        Self {
            filter: R::Filter::default(),
            sort: R::Sort::default(),
            direction: Direction::Ascending,
            after: None,
            limit: 50,
        }
    }
}

/// Some rows of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<R> {
    /// The rows, in the order asked for.
    pub items: Vec<R>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<Cursor>,
}

/// A place in a list: after the row with this sort key and id. Rows that come and go elsewhere do not move it.
///
/// As a text it is made of letters, digits, `-`, `_` and `.`, and is good only for the order it was given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Name of the column the list is sorted by.
    pub sort: String,
    /// Which way.
    pub direction: Direction,
    /// That column's value in the last row seen.
    pub key: CursorKey,
    /// That row's id.
    pub id: i64,
}

/// A value of a sort column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorKey {
    /// A whole number: ids, times, amounts.
    Number(i64),
    /// A text.
    Text(String),
}

/// A text that is no place in a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no place in a list; take it from 'next' of the page before, as it is")]
pub struct ParseCursorError(pub String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.direction {
            Direction::Ascending => "up",
            Direction::Descending => "down",
        };
        write!(f, "{}.{way}.{}.", self.sort, self.id)?;
        match &self.key {
            CursorKey::Number(number) => write!(f, "n{number}"),
            CursorKey::Text(text) => {
                f.write_str("t")?;
                text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseCursorError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Cursor> {
    let mut parts = text.split('.');
    let (sort, way, id, key) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let direction = match way {
        "up" => Direction::Ascending,
        "down" => Direction::Descending,
        _ => return None,
    };
    let key = match (key.strip_prefix('n'), key.strip_prefix('t')) {
        (Some(number), _) => CursorKey::Number(number.parse().ok()?),
        (_, Some(digits)) => CursorKey::Text(from_hex(digits)?),
        _ => return None,
    };
    let rest = parts.next();
    rest.is_none().then_some(Cursor { sort: sort.to_owned(), direction, key, id: id.parse().ok()? })
}

fn from_hex(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2 && !pair.starts_with('+'))?;
        u8::from_str_radix(pair, 16).ok()
    };
    String::from_utf8(pairs.map(byte).collect::<Option<_>>()?).ok()
}

/// The sort columns of a kind of row, with their names.
macro_rules! sort_columns {
    ($name:ident { $first:ident = $first_word:literal, $($rest:ident = $word:literal),* $(,)? }) => {
        impl $crate::records::crud::Sort for $name {
            const ALL: &'static [Self] = &[Self::$first, $(Self::$rest),*];

            fn word(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$rest => $word,)*
                }
            }
        }
    };
}
pub(super) use sort_columns;
