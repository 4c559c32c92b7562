//! A whole table as a file, sent piece by piece while it is written: however long it is, it is never in memory as a
//! whole.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, rt};
use patron_report::{CsvReader, ShelvedTable};
use tokio::sync::mpsc;

use crate::accept::{File, PARQUET};
use crate::shop::ServedShop;

/// Bytes of a piece.
const PIECE: usize = 1 << 16;
/// Pieces that may wait for the client.
const WAITING: usize = 4;

impl File {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Parquet => PARQUET,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// The table that `pick` finds, as a file called `name`; for programs: every text as it is.
pub(crate) fn download(
    shop: Arc<ServedShop>,
    file: File,
    name: &str,
    pick: impl for<'s> FnOnce(&'s ServedShop) -> Option<&'s ShelvedTable> + Send + 'static,
) -> HttpResponse {
    let (pieces, body) = mpsc::channel(WAITING);
    rt::task::spawn_blocking(move || {
        let mut out = Pieces { pieces, piece: Vec::with_capacity(PIECE) };
        let written = match (pick(&shop), file) {
            (Some(table), File::Csv) => table.write_csv(&mut out, CsvReader::Machine),
            (Some(table), File::Parquet) => table.write_parquet(&mut out),
            (None, _) => Ok(()),
        };
        if let Err(error) = written.and_then(|()| out.flush())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!("a table could not be sent to its end: {error}");
            // an answer that breaks off is no whole table
            let _ = out.pieces.blocking_send(Err(error));
        }
    });
    HttpResponse::Ok()
        .content_type(file.media_type())
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", file.ending())))
        .body(Body(body))
}

/// Takes what is written, and hands it on in pieces; a client that is gone is a broken pipe.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.pieces.blocking_send(Ok(piece.into())).map_err(gone)
    }
}

struct Body(mpsc::Receiver<io::Result<Bytes>>);

impl MessageBody for Body {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.0.poll_recv(context)
    }
}
