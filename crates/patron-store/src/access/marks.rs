//! Ids and e-mail addresses of people, as they are compared: in a line of a file, and as marks of those who were
//! erased.

use std::borrow::Cow;

use patron_domain::OrderEntry;
use rustc_hash::FxHashMap;

use super::hash::sha256;

/// What separates the fields of a line.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// What may stand beside an e-mail address without being part of it.
const BESIDE_ADDRESSES: &str = "<>\"'(),;:|[]{}=";

/// An id without blanks around it; an e-mail address in lower case, too.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains('@') { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

/// Everything in a line of a file that can be an id or an e-mail address: each field, whichever of the usual
/// delimiters the file has, without blanks and quotation marks around it; each part in quotation marks; each word of a
/// line without delimiters (fixed width); and each e-mail address within a longer text.
pub(super) fn named_in(line: &str) -> impl Iterator<Item = &str> {
    let fields = DELIMITERS.into_iter().filter(|mark| line.contains(*mark)).flat_map(|mark| line.split(mark));
    let is_plain = !line.contains(DELIMITERS);
    let words = line.split_whitespace().filter(move |_| is_plain);
    let quoted = line.split('"').skip(1);
    let ends = |c: char| c.is_whitespace() || BESIDE_ADDRESSES.contains(c);
    let addresses = line.split(ends).filter(|word| word.contains('@'));
    fields
        .chain(words)
        .chain(quoted)
        .chain(addresses)
        .map(|text| text.trim().trim_matches(['"', '\'']).trim())
        .filter(|text| !text.is_empty())
}

/// The people who were erased.
#[derive(Debug, Default)]
pub(crate) struct Erased {
    salt: String,
    /// By mark, the id that stands for the person.
    stand_ins: FxHashMap<String, String>,
}

impl Erased {
    /// As they are stored.
    pub(crate) fn new(salt: String, stand_ins: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { salt, stand_ins: stand_ins.into_iter().collect() }
    }

    /// Whether nobody was erased.
    pub(crate) fn is_empty(&self) -> bool {
        self.stand_ins.is_empty()
    }

    /// The id that stands for the person with this id or e-mail address; `None` for everybody who was not erased.
    pub(crate) fn stand_in(&self, id: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        self.stand_ins.get(&mark(&self.salt, id)).map(String::as_str)
    }

    /// The number of an order: where it was made from the id of somebody who was erased, it is made from the id that
    /// stands for the person.
    pub(crate) fn order_number<'o>(&self, order: &'o OrderEntry) -> Cow<'o, str> {
        let made = order.number.rsplit_once('@').filter(|_| order.derived && !self.is_empty());
        match made.and_then(|(id, day)| Some((self.stand_in(id)?, day))) {
            Some((stand_in, day)) => Cow::Owned(format!("{stand_in}@{day}")),
            None => Cow::Borrowed(&order.number),
        }
    }

    /// Whether a line of a file names somebody who was erased.
    pub(crate) fn is_in(&self, line: &str) -> bool {
        !self.is_empty() && named_in(line).any(|text| self.stand_in(text).is_some())
    }
}

/// What is kept of an id or e-mail address of somebody who was erased.
pub(super) fn mark(salt: &str, id: &str) -> String {
    sha256(&[salt.as_bytes(), normal(id).as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erased() -> Erased {
        let marks = ["c 17", "Zoe@Shop.example"].map(|id| (mark("salt", id), "erased-3".to_owned()));
        Erased::new("salt".to_owned(), marks)
    }

    #[test]
    fn whoever_was_erased_is_found_as_files_write_them() {
        let erased = erased();
        assert_eq!(erased.stand_in(" zoe@shop.EXAMPLE "), Some("erased-3"));
        assert_eq!(erased.stand_in("c 17"), Some("erased-3"));
        assert_eq!((erased.stand_in("C 17"), erased.stand_in("c"), erased.stand_in("")), (None, None, None));
        for line in [
            "536365,85123A,6,c 17,France",
            "c 17;1;2",
            "1\tc 17",
            "\"c 17\",\"x\"",
            "9, 'c 17' ,x",
            "\"Miller; Zoe <zoe@shop.example>\",3",
            "1|mailto:ZOE@SHOP.EXAMPLE|x",
            "paid by zoe@shop.example on 2011-12-09",
        ] {
            assert!(erased.is_in(line), "{line}");
        }
        for line in [
            "",
            "536365,c 170,6",
            "xc 17;1",
            "c,17",
            "azoe@shop.example,1",
            "zoe@shop.example.org",
            "erased-3,1",
        ] {
            assert!(!erased.is_in(line), "{line}");
        }
        assert!(!Erased::default().is_in("c 17,1"));
    }

    #[test]
    fn orders_made_from_customer_and_day_lose_the_customer() {
        let order = |number: &str, derived| OrderEntry { number: number.to_owned(), derived, payment: None };
        let erased = erased();
        for (number, derived, becomes) in [
            ("zoe@shop.example@2011-12-09", true, "erased-3@2011-12-09"),
            ("c 17@2011-12-09", true, "erased-3@2011-12-09"),
            ("c 18@2011-12-09", true, "c 18@2011-12-09"),
            ("c 17@2011-12-09", false, "c 17@2011-12-09"),
            ("line 4", true, "line 4"),
        ] {
            assert_eq!(erased.order_number(&order(number, derived)), becomes);
        }
    }
}
