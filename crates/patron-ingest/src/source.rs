//! Bytes of a file as text: unpacked, decoded, counted and hashed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use crate::IngestError;

/// A reader that may travel to another thread.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// What the first look at a file tells.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) container: Container,
}

/// What lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Text { compression: Option<Compression>, encoding: &'static Encoding },
    Workbook,
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The file as the person named it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Reads the whole file once: what it is, how long, its hash, its encoding.
pub(crate) fn look(path: &Path) -> Result<Source, IngestError> {
    let file = shown(path);
    let opened = open_file(path)?;
    let bytes = opened.metadata().map_err(|source| io_error(path, source))?.len();
    if bytes == 0 {
        return Err(IngestError::Empty { file });
    }
    let mut raw = Hashing { inner: opened, hash: Sha256::new() };
    let mut start = vec![0; 4_096];
    let filled = read_full(&mut raw, &mut start).map_err(|source| io_error(path, source))?;
    start.truncate(filled);
    let compression = compression_of(&start);
    let container = match (compression, what(&start)) {
        (None, Magic::Workbook) => Container::Workbook,
        (None, Magic::Parquet) => Container::Parquet,
        (None, Magic::Other(what)) => return Err(IngestError::NotASalesLog { file, what }),
        (compression, _) => {
            let text = unpacked(compression, io::Cursor::new(start).chain(&mut raw));
            let text = text.map_err(|source| unpack_error(path, compression, source))?;
            let encoding = survey(path, compression, text)?;
            Container::Text { compression, encoding }
        }
    };
    io::copy(&mut raw, &mut io::sink()).map_err(|source| io_error(path, source))?;
    Ok(Source { bytes, sha256: hexadecimal(&raw.hash.finalize()), container })
}

/// The text of a file in UTF-8, from its first character on; `read` counts the bytes taken from the disk.
pub(crate) fn text(
    path: &Path,
    compression: Option<Compression>,
    encoding: &'static Encoding,
    read: Arc<AtomicU64>,
) -> Result<Bytes, IngestError> {
    let counted = Counting { inner: open_file(path)?, read };
    let unpacked =
        unpacked(compression, counted).map_err(|source| unpack_error(path, compression, source))?;
    Ok(if encoding == UTF_8 { unpacked } else { Box::new(Decoding::new(unpacked, encoding)) })
}

/// The right error for a failed read of [`text`].
pub(crate) fn unpack_error(path: &Path, compression: Option<Compression>, source: io::Error) -> IngestError {
    match compression {
        Some(compression) => {
            IngestError::Damaged { file: shown(path), compression: compression.word(), source }
        }
        None => io_error(path, source),
    }
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> IngestError {
    match source.kind() {
        io::ErrorKind::NotFound => IngestError::NotFound { file: shown(path) },
        io::ErrorKind::IsADirectory => IngestError::Folder { file: shown(path) },
        _ => IngestError::Io { file: shown(path), source },
    }
}

pub(crate) fn open_file(path: &Path) -> Result<File, IngestError> {
    if path.is_dir() {
        return Err(IngestError::Folder { file: shown(path) });
    }
    File::open(path).map_err(|source| io_error(path, source))
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

enum Magic {
    Workbook,
    Parquet,
    Text,
    Other(&'static str),
}

fn what(start: &[u8]) -> Magic {
    const OTHERS: [(&[u8], &str); 12] = [
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or a protected one"),
        (b"%PDF", "a PDF"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ", "an xz archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"\x7fELF", "a program"),
        (b"ARROW1", "an Arrow file"),
    ];
    if start.starts_with(b"PK\x03\x04") {
        let holds = |name: &[u8]| memchr::memmem::find(start, name).is_some();
        let workbook =
            holds(b"xl/") || holds(b"[Content_Types].xml") || holds(b"_rels/") || holds(b"docProps/");
        let open_document = holds(b"mimetypeapplication/vnd.oasis");
        return match (open_document, workbook) {
            (true, _) => Magic::Other("an OpenDocument file"),
            (false, true) => Magic::Workbook,
            (false, false) => Magic::Other("a zip archive"),
        };
    }
    if start.starts_with(b"PAR1") {
        return Magic::Parquet;
    }
    OTHERS
        .iter()
        .find(|(magic, _)| start.starts_with(magic))
        .map_or(Magic::Text, |(_, what)| Magic::Other(what))
}

fn compression_of(start: &[u8]) -> Option<Compression> {
    match start {
        [0x1f, 0x8b, ..] => Some(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
        _ => None,
    }
}

fn unpacked<'a, R: Read + Send + 'a>(
    compression: Option<Compression>,
    raw: R,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match compression {
        None => Box::new(raw),
        Some(Compression::Gzip) => {
            Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, raw)))
        }
        Some(Compression::Zstd) => Box::new(zstd::stream::read::Decoder::new(raw)?),
    })
}

/// Reads the text to its end and tells its encoding; a binary is refused.
fn survey(
    path: &Path,
    compression: Option<Compression>,
    mut text: Box<dyn Read + Send + '_>,
) -> Result<&'static Encoding, IngestError> {
    let failed = |source| unpack_error(path, compression, source);
    let mut buffer = vec![0; 1 << 17];
    let mut filled = read_full(&mut text, &mut buffer).map_err(failed)?;
    let head = &buffer[..filled];
    if head.is_empty() {
        return Err(IngestError::Empty { file: shown(path) });
    }
    if compression.is_some() && !matches!(what(head), Magic::Text) {
        let what = "a packed workbook, Parquet file or archive (unpack it first)";
        return Err(IngestError::NotASalesLog { file: shown(path), what });
    }
    let marked = Encoding::for_bom(head).map(|(encoding, _)| encoding);
    if let Some(encoding) = marked.filter(|&encoding| encoding != UTF_8) {
        io::copy(&mut text, &mut io::sink()).map_err(failed)?;
        return Ok(encoding);
    }
    if let Some(encoding) = unmarked_utf_16(head) {
        io::copy(&mut text, &mut io::sink()).map_err(failed)?;
        return Ok(encoding);
    }
    if is_binary(head) {
        return Err(IngestError::NotASalesLog { file: shown(path), what: "a binary file" });
    }
    let mut counts = Utf8Counts::default();
    let mut kept = 0;
    while filled > kept {
        kept = counts.add(&mut buffer[..filled]);
        let more = read_full(&mut text, &mut buffer[kept..]).map_err(failed)?;
        filled = kept + more;
        if more == 0 {
            break;
        }
    }
    let utf_8 = marked.is_some() || counts.invalid == 0 || counts.wide > counts.invalid;
    Ok(if utf_8 { UTF_8 } else { WINDOWS_1252 })
}

/// Every second byte of Latin text in UTF-16 is zero, which no other text has.
fn unmarked_utf_16(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match (even * 20, odd * 20) {
        (few, many) if half > 8 && few < half && many > half * 15 => Some(UTF_16LE),
        (many, few) if half > 8 && few < half && many > half * 15 => Some(UTF_16BE),
        _ => None,
    }
}

/// A zero byte in the first line, or more than one control character in ten.
fn is_binary(head: &[u8]) -> bool {
    let control = |byte: &&u8| matches!(byte, 0..=8 | 14..=31 | 127);
    let first_line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    first_line.contains(&0) || head.iter().filter(control).count() * 10 > head.len()
}

#[derive(Default)]
struct Utf8Counts {
    /// Characters of several bytes.
    wide: u64,
    /// Bytes that are no UTF-8.
    invalid: u64,
}

impl Utf8Counts {
    /// Counts a block and moves an unfinished character to its front; returns that character's length.
    fn add(&mut self, block: &mut [u8]) -> usize {
        if block.is_ascii() {
            return 0;
        }
        let mut rest: &[u8] = block;
        let unfinished = loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    self.add_wide(valid.as_bytes());
                    break 0;
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    self.add_wide(valid);
                    match error.error_len() {
                        Some(length) => {
                            self.invalid += 1;
                            rest = &invalid[length..];
                        }
                        None => break invalid.len(),
                    }
                }
            }
        };
        block.copy_within(block.len() - unfinished.., 0);
        unfinished
    }

    fn add_wide(&mut self, valid: &[u8]) {
        self.wide += valid.iter().filter(|&&byte| byte >= 0xc0).count() as u64;
    }
}

/// Fills the buffer as far as the reader goes.
pub(crate) fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

struct Hashing {
    inner: File,
    hash: Sha256,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

struct Counting {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Another encoding as UTF-8; a byte-order mark is left out, what cannot be decoded becomes U+FFFD.
struct Decoding {
    inner: Bytes,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_start: usize,
    raw_end: usize,
    ended: bool,
    flushed: bool,
    text: Vec<u8>,
    text_start: usize,
    text_end: usize,
}

impl Decoding {
    fn new(inner: Bytes, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 1 << 16],
            raw_start: 0,
            raw_end: 0,
            ended: false,
            flushed: false,
            text: vec![0; 1 << 17],
            text_start: 0,
            text_end: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.text_start == self.text_end && !self.flushed {
            if self.raw_start == self.raw_end && !self.ended {
                self.raw_end = read_full(&mut self.inner, &mut self.raw)?;
                self.raw_start = 0;
                self.ended = self.raw_end < self.raw.len();
            }
            let raw = &self.raw[self.raw_start..self.raw_end];
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.ended);
            self.raw_start += read;
            (self.text_start, self.text_end) = (0, written);
            self.flushed = self.ended && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let ready = &self.text[self.text_start..self.text_end];
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.text_start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &[u8]) -> (u64, u64, usize) {
        let mut counts = Utf8Counts::default();
        let mut block = text.to_vec();
        let unfinished = counts.add(&mut block);
        (counts.wide, counts.invalid, unfinished)
    }

    #[test]
    fn valid_and_invalid_characters_are_counted_across_blocks() {
        assert_eq!(counts(b"plain"), (0, 0, 0));
        assert_eq!(counts("£ and é".as_bytes()), (2, 0, 0));
        assert_eq!(counts(b"\xa3 and \xe9 end"), (0, 2, 0));
        assert_eq!(counts(b"cut \xc3"), (0, 0, 1));
    }

    #[test]
    fn other_encodings_are_decoded_whatever_the_size_of_the_reads() {
        let wide: Vec<u8> =
            "\u{feff}a;£\n".repeat(40_000).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut text = String::new();
        Decoding::new(Box::new(io::Cursor::new(wide)), UTF_16LE).read_to_string(&mut text).unwrap();
        assert_eq!(text.strip_prefix("a;£\n"), Some("\u{feff}a;£\n".repeat(39_999).as_str()));
    }
}
