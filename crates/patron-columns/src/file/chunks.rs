//! Column chunks in memory, read with one call each.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bytes::{Buf, Bytes, buf::Reader};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// Some ranges of a file.
pub(super) struct Chunks {
    length: u64,
    chunks: Vec<(u64, Bytes)>,
}

impl Chunks {
    /// Reads ranges, each given as where it begins and its length.
    pub(super) fn read(
        file: &mut File,
        ranges: impl Iterator<Item = (u64, u64)>,
    ) -> Result<Self, ParquetError> {
        let length = file.metadata()?.len();
        let mut chunks = Vec::new();
        for (start, bytes) in ranges {
            let bytes = usize::try_from(bytes.min(length.saturating_sub(start)))
                .map_err(|error| ParquetError::External(Box::new(error)))?;
            let mut chunk = vec![0; bytes];
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut chunk)?;
            chunks.push((start, Bytes::from(chunk)));
        }
        Ok(Self { length, chunks })
    }

    fn from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let found = self.chunks.iter().find_map(|(first, bytes)| {
            let offset = usize::try_from(start.checked_sub(*first)?).ok()?;
            (offset < bytes.len()).then(|| bytes.slice(offset..))
        });
        found.ok_or_else(|| ParquetError::EOF(format!("byte {start} is in none of the columns")))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.from(start)?;
        if length > bytes.len() {
            return Err(ParquetError::EOF(format!("{length} bytes from byte {start} leave the column")));
        }
        Ok(bytes.slice(..length))
    }
}
