//! A list of texts in one allocation: the dictionaries behind the codes of the columns.

/// Texts addressed by code 0, 1, 2 …, kept in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a text and returns its code.
    pub fn push(&mut self, name: &str) -> u32 {
        self.text.push_str(name);
        self.ends.push(self.text.len());
        (self.ends.len() - 1) as u32
    }

    /// The text of a code; `None` for a code that was never given (such as [`crate::NO_CODE`]).
    pub fn get(&self, code: u32) -> Option<&str> {
        let index = code as usize;
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(&self.text[start..end])
    }

    /// The text of a code, or the empty text.
    pub fn text(&self, code: u32) -> &str {
        self.get(code).unwrap_or("")
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts in order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|code| self.text(code))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Names {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut names = Self::new();
        texts.into_iter().for_each(|text| {
            names.push(text.as_ref());
        });
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_texts() {
        let names: Names = ["17850", "", "12346"].into_iter().collect();
        assert_eq!((names.text(0), names.text(1), names.text(2)), ("17850", "", "12346"));
        assert_eq!((names.get(3), names.len()), (None, 3));
        assert_eq!(names.iter().collect::<Vec<_>>(), ["17850", "", "12346"]);
    }
}
