//! Words that differ only by case and outer blanks are one word.

use std::collections::BTreeMap;

use patron_domain::Trait;

/// What makes two words one.
fn key(word: &str) -> String {
    word.trim().to_lowercase()
}

/// Some customers or products, each in the group of its word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grouping {
    /// Group of each, in the order they were given; one past the last group where the word is unknown or blank.
    pub(super) of: Vec<usize>,
    /// Most frequent spelling of each group, in the order of `keys`.
    pub(super) names: Vec<String>,
    /// What the spellings of each group have in common, sorted.
    keys: Vec<String>,
}

impl Grouping {
    /// Groups by what is known of each code.
    pub(super) fn by(known: &Trait, codes: impl Iterator<Item = u32>) -> Self {
        let words: Vec<&str> = known.words.iter().collect();
        Self::new(&words, codes.map(|code| known.code(code)))
    }

    /// Groups by `words[code]` of each. The order of `words` does not matter, nor does a word of nobody.
    pub(super) fn new(words: &[&str], codes: impl Iterator<Item = Option<u32>>) -> Self {
        let codes: Vec<usize> = codes.map(|code| code.map_or(usize::MAX, |code| code as usize)).collect();
        let mut uses = vec![0_u64; words.len()];
        for &code in &codes {
            if let Some(uses) = uses.get_mut(code) {
                *uses += 1;
            }
        }
        let word_keys: Vec<String> = words.iter().map(|word| key(word)).collect();
        let mut groups: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for ((word, key), &uses) in words.iter().zip(&word_keys).zip(&uses) {
            if uses > 0 && !key.is_empty() {
                *groups.entry(key).or_default().entry(word.trim()).or_default() += uses;
            }
        }
        let keys: Vec<String> = groups.keys().map(|&key| key.to_owned()).collect();
        let place = |key: &String| keys.binary_search(key).unwrap_or(keys.len());
        let of_word: Vec<usize> = word_keys.iter().map(place).collect();
        let of = codes.iter().map(|&code| of_word.get(code).copied().unwrap_or(keys.len())).collect();
        Self { of, names: groups.values().map(most_frequent).collect(), keys }
    }

    /// The group of a word, if any has it.
    pub(super) fn find(&self, word: &str) -> Option<usize> {
        self.keys.binary_search(&key(word)).ok()
    }
}

/// Ties: the first in the order of the texts.
fn most_frequent(spellings: &BTreeMap<&str, u64>) -> String {
    let best = spellings.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
    best.map_or_else(String::new, |(&spelling, _)| spelling.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_one_group() {
        let words = ["leeds", " Leeds ", "Leeds", "YORK", "york", "  ", "Bath", "ÉVRY", "évry"];
        let codes = [0, 1, 2, 3, 4, 5, 7, 8, 8, 77].map(Some).into_iter().chain([None]);
        let found = Grouping::new(&words, codes);
        assert_eq!(found.names, ["Leeds", "YORK", "évry"], "Leeds twice, York a tie, nobody in Bath");
        assert_eq!(found.of, [0, 0, 0, 1, 1, 3, 2, 2, 2, 3, 3]);
        assert_eq!((found.find("LEEDS "), found.find("bath")), (Some(0), None));
    }

    #[test]
    fn the_order_of_the_words_does_not_matter() {
        let one = Grouping::new(&["a", "B", "b", "c"], [0, 1, 2, 3, 2].map(Some).into_iter());
        let other = Grouping::new(&["c", "b", "B", "a"], [3, 2, 1, 0, 1].map(Some).into_iter());
        assert_eq!(one, other);
    }
}
