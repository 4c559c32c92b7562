//! Texts to numbers: one number per different text, and a second one for those that were accepted.

use patron_domain::NO_CODE;
use rustc_hash::FxHashMap;

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

/// Product codes as written and in their canonical spelling, and how often each description stands with them.
#[derive(Debug, Default)]
pub(crate) struct Products {
    written: Dictionary,
    canonical: Dictionary,
    /// Per written number: the canonical one.
    canonical_of: Vec<u32>,
    /// Per canonical number: its spelling.
    spellings: Vec<Box<str>>,
    descriptions: Dictionary,
    description_texts: Vec<Box<str>>,
    uses: FxHashMap<(u32, u32), u32>,
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
        let Some(text) = self.descriptions.number(description) else { return };
        if text as usize == self.description_texts.len() {
            self.description_texts.push(String::from_utf8_lossy(description).into());
        }
        *self.uses.entry((number, text)).or_insert(0) += 1;
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
        let mut best: Vec<Option<(u32, u32)>> = vec![None; self.canonical.accepted() as usize];
        for (&(number, text), &uses) in &self.uses {
            let Some(place) = best.get_mut(self.canonical.code(number) as usize) else { continue };
            let better = place.is_none_or(|(most, earliest)| uses > most || uses == most && text < earliest);
            if better {
                *place = Some((uses, text));
            }
        }
        let text = |(_, text): (u32, u32)| self.description_texts.get(text as usize).map(ToString::to_string);
        best.into_iter().map(|best| best.and_then(text).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
