use super::Verdict;
use crate::domain::Field;

/// Why a submission did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable, for filters: one of [`super::CODES`].
    pub code: &'static str,
    /// The words or the number that caused it, where some did and may be told.
    pub term: Option<String>,
    /// Where it stands, where that can be said.
    pub place: Option<Place>,
    /// How much it speaks against the submission, 1 to 100.
    pub weight: u8,
    /// What it asks for.
    pub asks: Verdict,
}

/// A stretch of a field, in characters of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which field.
    pub field: Field,
    /// Characters before it.
    pub start: usize,
    /// Its length.
    pub length: usize,
}

impl Finding {
    /// One that a moderator should see.
    pub const fn held(code: &'static str, weight: u8) -> Self {
        Self { code, term: None, place: None, weight, asks: Verdict::Hold }
    }

    /// One that nobody needs to see.
    pub const fn spam(code: &'static str, weight: u8) -> Self {
        Self { code, term: None, place: None, weight, asks: Verdict::Spam }
    }

    /// With what caused it.
    #[must_use]
    pub fn by(self, term: impl Into<String>) -> Self {
        Self { term: Some(term.into()), ..self }
    }

    /// With where it stands.
    #[must_use]
    pub fn at(self, field: Field, start: usize, length: usize) -> Self {
        Self { place: Some(Place { field, start, length }), ..self }
    }
}
