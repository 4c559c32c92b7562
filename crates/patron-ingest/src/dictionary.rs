//! Texts to numbers: one number per different text, and a second one for those that were accepted.

use patron_domain::NO_CODE;
use rustc_hash::{FxHashMap, FxHashSet};

/// Numbers texts 0, 1, 2 … in the order in which they first appear.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    numbers: FxHashMap<Box<[u8]>, u32>,
    /// Neighbouring lines often share customer, order and country.
    last: Option<(Vec<u8>, u32)>,
    /// Per number: the code under which batches know it.
    codes: Vec<u32>,
    accepted: u32,
}

impl Dictionary {
    /// The number of a text; `None` when there are no numbers left.
    pub(crate) fn number(&mut self, text: &[u8]) -> Option<u32> {
        if let Some((last, number)) = &self.last
            && last == text
        {
            return Some(*number);
        }
        let number = match self.numbers.get(text) {
            Some(&number) => number,
            // Bytes that are no text count as the text they are shown as.
            None if std::str::from_utf8(text).is_err() => {
                return self.number(String::from_utf8_lossy(text).as_bytes());
            }
            None => {
                let number = u32::try_from(self.numbers.len()).ok().filter(|&number| number != NO_CODE)?;
                self.numbers.insert(text.into(), number);
                self.codes.push(NO_CODE);
                number
            }
        };
        let (last, last_number) = self.last.get_or_insert_default();
        last.clear();
        last.extend_from_slice(text);
        *last_number = number;
        Some(number)
    }

    /// The code of an accepted text, and whether it is accepted for the first time.
    pub(crate) fn accept(&mut self, number: u32) -> (u32, bool) {
        let Some(code) = self.codes.get_mut(number as usize) else { return (NO_CODE, false) };
        let first = *code == NO_CODE;
        if first {
            *code = self.accepted;
            self.accepted += 1;
        }
        (*code, first)
    }

    /// The code of an accepted text; [`NO_CODE`] for one that was not.
    pub(crate) fn code(&self, number: u32) -> u32 {
        self.codes.get(number as usize).copied().unwrap_or(NO_CODE)
    }

    /// Different texts.
    pub(crate) fn len(&self) -> u64 {
        self.numbers.len() as u64
    }

    /// Different texts that were accepted.
    pub(crate) fn accepted(&self) -> u64 {
        u64::from(self.accepted)
    }
}

/// How often a description stands with a product, and how many came before it.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    count: u64,
    came: usize,
}

/// Product codes as written and in their canonical spelling, and how often each description stands with them.
#[derive(Debug, Default)]
pub(crate) struct Products {
    written: Dictionary,
    canonical: Dictionary,
    /// Per written number: the canonical one.
    canonical_of: Vec<u32>,
    /// Per canonical number: its spelling.
    spellings: Vec<Box<str>>,
    /// Per canonical number: its first description and how often it stands there; nearly always the only one.
    first_descriptions: Vec<(Box<[u8]>, u64)>,
    /// Per canonical number and description that is not the first: how often, and in which order they came.
    other_descriptions: FxHashMap<(u32, Box<[u8]>), Uses>,
    upper_case: bool,
}

impl Products {
    pub(crate) fn new(upper_case: bool) -> Self {
        Self { upper_case, ..Self::default() }
    }

    /// The number of a product, by its canonical spelling.
    pub(crate) fn number(&mut self, written: &[u8]) -> Option<u32> {
        let number = self.written.number(written)?;
        if let Some(&canonical) = self.canonical_of.get(number as usize) {
            return Some(canonical);
        }
        let text = String::from_utf8_lossy(written);
        let spelling = if self.upper_case { text.to_uppercase() } else { text.into_owned() };
        let canonical = self.canonical.number(spelling.as_bytes())?;
        if canonical as usize == self.spellings.len() {
            self.spellings.push(spelling.into());
        }
        self.canonical_of.push(canonical);
        Some(canonical)
    }

    pub(crate) fn spelling(&self, number: u32) -> &str {
        self.spellings.get(number as usize).map_or("", AsRef::as_ref)
    }

    pub(crate) fn accept(&mut self, number: u32) -> (u32, bool) {
        self.canonical.accept(number)
    }

    /// Notes that a product was described so.
    pub(crate) fn describe(&mut self, number: u32, description: &[u8]) {
        let index = number as usize;
        if self.first_descriptions.len() <= index {
            self.first_descriptions.resize_with(index + 1, Default::default);
        }
        let (first, uses) = &mut self.first_descriptions[index];
        if *uses == 0 {
            *first = description.into();
        }
        if first.as_ref() == description {
            *uses += 1;
            return;
        }
        let came = self.other_descriptions.len();
        let new = Uses { count: 0, came };
        self.other_descriptions.entry((number, description.into())).or_insert(new).count += 1;
    }

    /// Different codes as written.
    pub(crate) fn len(&self) -> u64 {
        self.written.len()
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.canonical.accepted()
    }

    /// Per product code of the batches: its most frequent description, the earliest among equally frequent ones.
    pub(crate) fn best_descriptions(&self) -> Vec<String> {
        let mut best: Vec<(u64, usize, &[u8])> = vec![(0, 0, b""); self.canonical.accepted() as usize];
        let first = self.first_descriptions.iter().zip(0_u32..);
        let first = first.map(|((text, uses), number)| (number, (*uses, 0, text.as_ref())));
        let others = self.other_descriptions.iter();
        let others =
            others.map(|((number, text), uses)| (*number, (uses.count, uses.came + 1, text.as_ref())));
        for (number, (uses, came, text)) in first.chain(others) {
            let Some(place) = best.get_mut(self.canonical.code(number) as usize) else { continue };
            if uses > place.0 || uses == place.0 && came < place.1 {
                *place = (uses, came, text);
            }
        }
        best.into_iter().map(|(_, _, text)| String::from_utf8_lossy(text).into_owned()).collect()
    }
}

/// Which products are goods: by their numbers, those met and those accepted.
#[derive(Debug, Default)]
pub(crate) struct Goods {
    met: FxHashSet<u32>,
    accepted: FxHashSet<u32>,
}

impl Goods {
    pub(crate) fn met(&mut self, product: u32) {
        self.met.insert(product);
    }

    pub(crate) fn accepted(&mut self, product: u32) {
        self.accepted.insert(product);
    }

    pub(crate) fn before(&self) -> u64 {
        self.met.len() as u64
    }

    pub(crate) fn after(&self) -> u64 {
        self.accepted.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_share_the_number_of_what_is_shown() {
        let mut names = Dictionary::default();
        assert_eq!((names.number(b"a\xff"), names.number(b"a\xfe"), names.len()), (Some(0), Some(0), 1));
    }

    #[test]
    fn spellings_fold_and_the_usual_description_wins() {
        let mut products = Products::new(true);
        let lines: [(&[u8], &[u8]); 4] =
            [(b"85123a", b"x"), (b"85123A", b"HEART"), (b"85123A", b"HEART"), (b"9", b"")];
        for (code, description) in lines {
            let number = products.number(code).unwrap();
            products.accept(number);
            if !description.is_empty() {
                products.describe(number, description);
            }
        }
        assert_eq!((products.len(), products.accepted()), (3, 2));
        assert_eq!(products.best_descriptions(), ["HEART", ""]);
        assert_eq!(products.spelling(0), "85123A");
    }
}
