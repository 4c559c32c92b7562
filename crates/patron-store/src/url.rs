//! Where a database lies.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::StoreError;

/// The address of a database: `sqlite://shop.db`, `sqlite:///var/lib/patron/shop.db`, or just a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl {
    path: PathBuf,
}

impl DatabaseUrl {
    /// The database in the file at `path`.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file the database lies in.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::UnsupportedUrl`] for another scheme, an empty path or a database in memory.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unsupported = || StoreError::UnsupportedUrl { url: text.to_owned() };
        let path = match text.split_once("://") {
            Some(("sqlite", path)) => path,
            Some(_) => return Err(unsupported()),
            None => text.strip_prefix("sqlite:").unwrap_or(text),
        };
        if path.is_empty() || path.starts_with(":memory:") {
            return Err(unsupported());
        }
        Ok(Self::from_path(path))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite://{}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_url_or_a_path() {
        for (text, path) in [
            ("sqlite://shop.db", "shop.db"),
            ("sqlite:///srv/shop.db", "/srv/shop.db"),
            ("sqlite:shop.db", "shop.db"),
            ("out/patron.db", "out/patron.db"),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.path(), Path::new(path));
            assert_eq!(url.to_string().parse::<DatabaseUrl>().unwrap(), url);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for text in
            ["", "sqlite://", ":memory:", "sqlite://:memory:", "postgres://localhost/shop", "mysql://x"]
        {
            let refused = text.parse::<DatabaseUrl>();
            assert!(matches!(refused, Err(StoreError::UnsupportedUrl { .. })), "{text}");
        }
    }
}
