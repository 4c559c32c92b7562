//! The demo shop does not change by a byte: people have seen it, and other tests count on its figures.

use patron_synth::{Scenario, generate};

use crate::log::csv;

/// FNV-1a over the log's rows, each closed by a line feed.
fn mark(rows: &[String]) -> u64 {
    let bytes = rows.iter().flat_map(|row| row.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn the_demo_shop_is_the_one_it_always_was() {
    let shop = generate(&Scenario::demo(), 7).unwrap();
    assert_eq!((shop.lines(), mark(&csv(&shop))), (68_124, 9_233_023_815_865_144_903));
}
