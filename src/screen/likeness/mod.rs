//! How alike two texts are: the same words in other letters, with one put in, left out or replaced, are one campaign.
//!
//! A text is evened out to its words first (`words`). Of the words a *sketch* of 64 bits is made, and of the pairs of
//! words that follow each other a few *bands*. Texts that say nearly the same share a band nearly always and others
//! hardly ever, so an index of the bands finds what may be alike among any number; the sketches then tell by how much,
//! without the texts. Both are min-hashes (Broder 1997): of two sets, the smallest hashes are the same with the
//! probability with which a member of either is one of both. The sketch keeps one bit of each (Li and König 2010).
//!
//! Time is linear in the text: a hash a word, and 72 multiplications. `docs/screening.md` has what it finds.

mod words;

use self::words::{mix, words};

/// Rows that the index has of a text.
pub const BANDS: usize = 4;
/// Bits of two sketches that are the same when the texts are nearly so; of texts that have nothing in common about
/// half of the 64 are.
pub const NEAR: u32 = 52;
/// Pairs of words whose smallest hashes make a band: one alone would be "of the" too often.
const ROWS: usize = 2;
/// With fewer words, or letters in them, many people say the same.
const WORDS: usize = 8;
const LETTERS: usize = 40;

/// What is kept of a text to find others like it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// A bit for each of 64 ways to choose a word.
    pub sketch: i64,
    /// Texts that share one may be alike.
    pub bands: [i64; BANDS],
}

impl Likeness {
    /// Of a text, under a secret of its site: who does not know it cannot write what looks like another text here.
    /// Nothing for texts of fewer than eight words or 40 letters.
    pub fn of(text: &str, secret: u64) -> Option<Self> {
        let found = words(text, secret);
        if found.hashes.len() < WORDS || found.letters < LETTERS {
            return None;
        }
        let mut ends = [u64::MAX; BANDS * ROWS];
        for pair in found.hashes.windows(2) {
            let both = mix(pair[0].rotate_left(23) ^ pair[1]);
            keep_smallest(&mut ends, both, &FACTORS);
        }
        let mut choices = [u64::MAX; 64];
        for word in &found.hashes {
            keep_smallest(&mut choices, *word, &FACTORS);
        }
        // one of the bits in the middle: the upper ones are those of a small number, whatever it is of
        let bits = choices.iter().rev().fold(0_u64, |bits, smallest| bits << 1 | smallest >> 17 & 1);
        let mut bands = [0; BANDS];
        for ((number, band), of_band) in (1_u64..).zip(&mut bands).zip(ends.chunks(ROWS)) {
            *band = of_band.iter().fold(number, |band, smallest| mix(band ^ smallest)).cast_signed();
        }
        Some(Self { sketch: bits.cast_signed(), bands })
    }
}

/// How many bits of two sketches are the same.
pub fn alike(one: i64, other: i64) -> u32 {
    (one ^ other).count_zeros()
}

fn keep_smallest<const N: usize>(smallest: &mut [u64; N], hash: u64, factors: &[u64; 64]) {
    for (smallest, factor) in smallest.iter_mut().zip(factors) {
        *smallest = (*smallest).min(hash.wrapping_mul(*factor));
    }
}

/// Each puts the hashes into another order: odd numbers, so that no two become one.
const FACTORS: [u64; 64] = {
    let mut factors = [0; 64];
    let mut at = 0;
    while at < 64 {
        factors[at] = mix(at as u64 + 1) | 1;
        at += 1;
    }
    factors
};

#[cfg(test)]
mod tests;
