//! Where a database lies.

mod server;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

pub(crate) use server::Server;

use crate::StoreError;

/// The address of a database: `sqlite://shop.db`, `sqlite:///var/lib/patron/shop.db`, or just a path;
/// `postgres://user:password@host:5432/database?sslmode=require`, every part of which may be left out.
///
/// What it prints, also as [`fmt::Debug`], has no password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Address);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    File(PathBuf),
    Server(Server),
}

/// A database in messages: without passwords.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// A database of a server: its address without passwords.
    Server(String),
}

impl DatabaseUrl {
    /// The database in the file at `path`.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self(Address::File(path.into()))
    }

    /// The file the database lies in; `None` for a database of a server.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Address::File(path) => Some(path),
            Address::Server(_) => None,
        }
    }

    /// What messages call it.
    pub fn place(&self) -> Place {
        match &self.0 {
            Address::File(path) => Place::File(path.clone()),
            Address::Server(server) => Place::Server(server.to_string()),
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::UnsupportedUrl`] for another scheme, an empty path, a database in memory, or a server's address
    /// that is not well formed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unsupported = || StoreError::UnsupportedUrl { url: server::without_passwords(text) };
        let path = match text.split_once("://") {
            Some(("sqlite", path)) => path,
            Some(("postgres" | "postgresql", rest)) => {
                return Server::parse(rest)
                    .map(|server| Self(Address::Server(server)))
                    .ok_or_else(unsupported);
            }
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
        match &self.0 {
            Address::File(path) => write!(f, "sqlite://{}", path.display()),
            Address::Server(server) => write!(f, "{server}"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(address) => f.write_str(address),
        }
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
            assert_eq!(url.path(), Some(Path::new(path)));
            assert_eq!(url.to_string().parse::<DatabaseUrl>().unwrap(), url);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for text in ["", "sqlite://", ":memory:", "sqlite://:memory:", "mysql://x"] {
            let refused = text.parse::<DatabaseUrl>();
            assert!(matches!(refused, Err(StoreError::UnsupportedUrl { .. })), "{text}");
        }
    }
}
