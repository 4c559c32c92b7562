//! Dictionaries as bytes: each text with its length before it.

use patron_domain::Names;

use super::Place;
use super::sums::sum_of;

/// The bytes of some names, which will lie at `at`, and the note of it.
pub(super) fn encode<'a>(names: impl Iterator<Item = &'a str>, at: u64) -> (Vec<u8>, Place) {
    let (mut bytes, mut count) = (Vec::new(), 0);
    for name in names {
        bytes.extend((name.len() as u32).to_le_bytes());
        bytes.extend(name.as_bytes());
        count += 1;
    }
    let place = Place { at, bytes: bytes.len(), names: count, sum: sum_of(&bytes) };
    (bytes, place)
}

/// Appends the names in `bytes`; `None` when they are not what `place` says.
pub(super) fn decode(place: &Place, bytes: &[u8], names: &mut Names) -> Option<()> {
    if sum_of(bytes) != place.sum {
        return None;
    }
    let mut rest = bytes;
    for _ in 0..place.names {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (name, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        names.push(std::str::from_utf8(name).ok()?);
        rest = tail;
    }
    rest.is_empty().then_some(())
}
