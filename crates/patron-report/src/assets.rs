//! The files that every page needs, embedded: nothing is loaded from anywhere.

use sha2::{Digest, Sha256};

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../assets/style.css");
/// Draws the charts of a page from their data blocks.
pub const CHARTS_SCRIPT: &str = include_str!("../assets/charts.js");
/// Apache ECharts, reduced to what the charts use; `assets/echarts/README.md` says how it is built.
pub const ECHARTS_SCRIPT: &str = include_str!("../assets/echarts/echarts.min.js");
/// Apache ECharts' notice, to be kept with it.
pub const ECHARTS_NOTICE: &str = include_str!("../assets/echarts/NOTICE");

/// The source expression of a content security policy that allows exactly this inline script or style:
/// `'sha256-…'`.
pub fn source_hash(content: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(content.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let all =
            chunk.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(all >> (18 - 6 * place)) as usize & 63];
            out.push(if place > chunk.len() { '=' } else { letter as char });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        let coded = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn a_hash_is_what_browsers_compute() {
        // The example of the Content Security Policy specification, level 2, section 7.18.
        let hash = source_hash("alert('Hello, world.');");
        assert_eq!(hash, "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }

    #[test]
    fn the_charts_library_is_small_and_calls_nobody() {
        assert!(ECHARTS_SCRIPT.len() < 640_000);
        for script in [ECHARTS_SCRIPT, CHARTS_SCRIPT] {
            assert!(!script.contains("</script"), "the script could not be inlined");
            assert!(!script.contains("import("), "the script would load something");
        }
        assert!(ECHARTS_NOTICE.contains("Apache Software Foundation"));
    }
}
