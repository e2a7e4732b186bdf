//! Answers as they are sent: as they are, or in a coding that makes them shorter.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde::Serialize;

use crate::{
    flow::pages::{Page, Variant},
    vault::digest,
};

/// Shorter answers are not worth a coding.
const CODED_FROM: usize = 860;

/// A content coding (RFC 9110 §8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

/// How much is made of a coding.
#[derive(Clone, Copy)]
enum Effort {
    Quick,
    Small,
}

impl Coding {
    /// As headers name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The bytes in this coding, when that makes them shorter.
    fn shorten(self, plain: &[u8], effort: Effort) -> Option<Vec<u8>> {
        if plain.len() < CODED_FROM {
            return None;
        }
        let bytes = match self {
            Self::Brotli => brotli(plain, effort),
            Self::Gzip => gzip(plain, effort),
        };
        bytes.filter(|bytes| bytes.len() < plain.len())
    }
}

impl Page {
    /// Renders an answer once, in every coding that makes it shorter: for those that are kept.
    pub fn prepare(view: &impl Serialize) -> Self {
        Self::of(serde_json::to_vec(view).unwrap_or_default())
    }

    /// The same of what is rendered already.
    pub fn of(plain: Vec<u8>) -> Self {
        Self::encode(plain, Effort::Quick)
    }

    /// Prepares what hardly ever changes, as small as it gets: that takes a hundred times as long.
    pub fn prepare_small(plain: Vec<u8>) -> Self {
        Self::encode(plain, Effort::Small)
    }

    fn encode(plain: Vec<u8>, effort: Effort) -> Self {
        let digest = digest(&plain);
        let coded = |coding: Coding| {
            coding.shorten(&plain, effort).map(|bytes| Variant::new(bytes, &digest, Some(coding)))
        };
        let (brotli, gzip) = (coded(Coding::Brotli), coded(Coding::Gzip));
        Self { plain: Variant::new(plain, &digest, None), brotli, gzip, next: None }
    }
}

impl Variant {
    /// What is sent to one client and not kept, in the coding it takes if that makes it shorter.
    pub fn once(plain: Vec<u8>, coding: Option<Coding>) -> (Self, Option<Coding>) {
        let digest = digest(&plain);
        match coding.and_then(|coding| Some((coding.shorten(&plain, Effort::Quick)?, coding))) {
            Some((bytes, coding)) => (Self::new(bytes, &digest, Some(coding)), Some(coding)),
            None => (Self::new(plain, &digest, None), None),
        }
    }

    fn new(bytes: Vec<u8>, digest: &str, coding: Option<Coding>) -> Self {
        let etag = match coding {
            Some(coding) => format!("\"{digest}-{}\"", coding.name()),
            None => format!("\"{digest}\""),
        };
        Self { bytes: bytes.into(), etag: etag.into() }
    }
}

fn brotli(plain: &[u8], effort: Effort) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let quality = match effort {
        // a fifth of the time of the next step, and within a few percent of its size
        Effort::Quick => 5,
        Effort::Small => 11,
    };
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: 18, ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut bytes, &params).ok()?;
    Some(bytes)
}

fn gzip(plain: &[u8], effort: Effort) -> Option<Vec<u8>> {
    let level = match effort {
        Effort::Quick => Compression::default(),
        Effort::Small => Compression::best(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}
