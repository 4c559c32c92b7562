//! Where the service listens, and which names of this machine it answers to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::ApiError;

/// An address that only this machine can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loopback(SocketAddr);

impl Loopback {
    /// The address.
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Loopback {
    type Err = ApiError;

    /// An IP address with a port, or `localhost` with a port; port 0 takes a free one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let localhost = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
        let local = localhost.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        let address = local.or_else(|| text.parse().ok());
        let address = address.ok_or_else(|| ApiError::NotAnAddress { text: text.to_owned() })?;
        if address.ip().is_loopback() { Ok(Self(address)) } else { Err(ApiError::NotLoopback { address }) }
    }
}

/// The names under which a service may be asked. A page of another site can make a browser send requests here under
/// a name of its own that leads to this machine (DNS rebinding); such requests are refused by that name.
#[derive(Clone, Debug)]
pub(crate) struct HostNames {
    names: Vec<String>,
    port: u16,
}

impl HostNames {
    pub(crate) fn of(address: SocketAddr) -> Self {
        let own = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), own];
        Self { names: names.to_vec(), port: address.port() }
    }

    /// Whether a `Host` names this service; the port may be left out only where it is HTTP's own.
    pub(crate) fn know(&self, host: &str) -> bool {
        let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if is_port(port) => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        port == Some(self.port) && self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_listened_to() {
        let given = |text: &str| text.parse::<Loopback>().map(|loopback| loopback.address().to_string());
        assert_eq!(given("127.0.0.1:8080").unwrap(), "127.0.0.1:8080");
        assert_eq!(given("[::1]:0").unwrap(), "[::1]:0");
        assert_eq!(given("localhost:81").unwrap(), "127.0.0.1:81");
        for open in ["0.0.0.0:8080", "192.168.1.2:80", "[::]:80"] {
            assert!(matches!(given(open), Err(ApiError::NotLoopback { .. })), "{open}");
        }
        for none in ["8080", "shop.example:80", "127.0.0.1", "localhost:x", ""] {
            assert!(matches!(given(none), Err(ApiError::NotAnAddress { .. })), "{none}");
        }
    }

    #[test]
    fn only_its_own_names_are_answered_to() {
        let names = HostNames::of("127.0.0.1:8080".parse().unwrap());
        for own in ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(names.know(own), "{own}");
        }
        for other in
            ["localhost", "localhost:80", "evil.example:8080", "127.0.0.1.evil.example:8080", "", "::1:8080"]
        {
            assert!(!names.know(other), "{other}");
        }
        assert!(HostNames::of("127.0.0.1:80".parse().unwrap()).know("localhost"));
    }
}
