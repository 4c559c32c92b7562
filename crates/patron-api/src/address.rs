//! Where the service listens, and which names of this machine it answers to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::ApiError;

/// Where a service listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindAddress(SocketAddr);

impl BindAddress {
    /// The address.
    pub fn address(self) -> SocketAddr {
        self.0
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }
}

impl FromStr for BindAddress {
    type Err = ApiError;

    /// An IP address with a port, or `localhost` with a port; port 0 takes a free one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let localhost = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
        let local = localhost.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        let address = local.or_else(|| text.parse().ok());
        address.map(Self).ok_or_else(|| ApiError::NotAnAddress { text: text.to_owned() })
    }
}

/// The names under which a service may be asked. A page of another site can make a browser send requests here under
/// a name of its own that leads to this machine (DNS rebinding); such requests are refused by that name. Where everybody
/// needs a key that is no danger: such a page has none.
#[derive(Clone, Debug)]
pub(crate) struct HostNames {
    names: Vec<String>,
    port: u16,
    /// Further names, on any port.
    further: Vec<String>,
    any: bool,
}

impl HostNames {
    /// The names of a service at `address`, and `further` ones. Where other machines can reach it and no further names
    /// are given, every name is its own.
    pub(crate) fn of(address: SocketAddr, further: &[String]) -> Self {
        let own = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), own];
        let any = further.is_empty() && !BindAddress(address).is_loopback();
        Self { names: names.to_vec(), port: address.port(), further: further.to_vec(), any }
    }

    /// Whether a `Host` names this service; the port may be left out only where it is HTTP's own.
    pub(crate) fn know(&self, host: &str) -> bool {
        let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if is_port(port) => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        let is_in = |names: &[String]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        self.any || is_in(&self.further) || port == Some(self.port) && is_in(&self.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_this_machine_or_not() {
        let given = |text: &str| {
            text.parse::<BindAddress>().map(|bind| (bind.address().to_string(), bind.is_loopback()))
        };
        for (text, address, is_loopback) in [
            ("127.0.0.1:8080", "127.0.0.1:8080", true),
            ("127.8.0.1:8080", "127.8.0.1:8080", true),
            ("[::1]:0", "[::1]:0", true),
            ("localhost:81", "127.0.0.1:81", true),
            ("[::ffff:127.0.0.1]:81", "[::ffff:127.0.0.1]:81", true),
            ("0.0.0.0:8080", "0.0.0.0:8080", false),
            ("192.168.1.2:80", "192.168.1.2:80", false),
            ("[::]:80", "[::]:80", false),
        ] {
            assert_eq!(given(text).unwrap(), (address.to_owned(), is_loopback), "{text}");
        }
        for none in ["8080", "shop.example:80", "127.0.0.1", "localhost:x", ""] {
            assert!(matches!(given(none), Err(ApiError::NotAnAddress { .. })), "{none}");
        }
    }

    #[test]
    fn only_its_own_names_are_answered_to() {
        let names = HostNames::of("127.0.0.1:8080".parse().unwrap(), &[]);
        for own in ["localhost:8080", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(names.know(own), "{own}");
        }
        for other in
            ["localhost", "localhost:80", "evil.example:8080", "127.0.0.1.evil.example:8080", "", "::1:8080"]
        {
            assert!(!names.know(other), "{other}");
        }
        assert!(HostNames::of("127.0.0.1:80".parse().unwrap(), &[]).know("localhost"));
    }

    #[test]
    fn further_names_are_answered_to_on_any_port() {
        let further = ["shop.example".to_owned()];
        let names = HostNames::of("127.0.0.1:8080".parse().unwrap(), &further);
        assert!(names.know("shop.example") && names.know("Shop.Example:443") && names.know("localhost:8080"));
        assert!(!names.know("evil.example") && !names.know("shop.example.evil.example"));
        let open: SocketAddr = "0.0.0.0:8080".parse().unwrap();
        assert!(HostNames::of(open, &[]).know("whatever.example"));
        assert!(!HostNames::of(open, &further).know("whatever.example"));
    }
}
