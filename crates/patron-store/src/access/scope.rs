//! What an API key may do.

use std::fmt;
use std::str::FromStr;

/// The number of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub i64);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One thing a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read everything but personal data.
    Read,
    /// Create, replace, change and delete rows.
    Write,
    /// Start jobs, change models, read the record of writes.
    Admin,
    /// Read and erase personal data.
    Personal,
}

impl Scope {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Admin, Self::Personal];

    /// As it is written: `read`, `write`, `admin`, `personal`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Personal => "personal",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Some scopes; none of them holds another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope.
    pub const ALL: Self = Self(0b1111);

    /// Whether a scope is among them.
    pub fn hold(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// These and one more.
    pub fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.hold(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Display for Scopes {
    /// With commas: `read,write`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::word).collect();
        f.write_str(&words.join(","))
    }
}

/// A text that names no scopes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no scope; choose among read, write, admin and personal, with commas between them")]
pub struct ParseScopeError {
    /// The part that is none.
    pub text: String,
}

impl FromStr for Scope {
    type Err = ParseScopeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scope| scope.word().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| ParseScopeError { text: text.trim().to_owned() })
    }
}

impl FromStr for Scopes {
    type Err = ParseScopeError;

    /// Scopes with commas between them, in any order and case; a scope may be named twice.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').map(str::parse::<Scope>).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let some: Scopes = "write, Read,write".parse().unwrap();
        assert_eq!(some.to_string(), "read,write");
        assert!(some.hold(Scope::Read) && some.hold(Scope::Write));
        assert!(!some.hold(Scope::Admin) && !some.hold(Scope::Personal));
        assert_eq!(Scopes::ALL.to_string().parse::<Scopes>().unwrap(), Scopes::ALL);
        assert_eq!(Scopes::ALL, Scope::ALL.into_iter().collect());
        for wrong in ["", "read,", "all", "read write", "*"] {
            assert!(wrong.parse::<Scopes>().is_err(), "{wrong}");
        }
    }
}
