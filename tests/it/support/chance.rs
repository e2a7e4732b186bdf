//! Repeatable chance, and what it does to bytes.

use std::time::Duration;

/// A counted sequence (`SplitMix64`): the same seed, the same story.
#[derive(Clone)]
pub struct Chance(u64);

/// What parsers get wrong: ends, signs, lengths, codings, brackets, markup.
const TOKENS: [&[u8]; 40] = [
    b"%00",
    b"\\u0000",
    b"\0",
    b"%ff",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"%",
    b"%2",
    b"%2f",
    b"%25",
    b"+",
    b"&",
    b"=",
    b"?",
    b"#",
    b"//",
    b"..",
    b"[",
    b"[[[[[[[[[[[[[[[[",
    b"{",
    b"}",
    b"\"",
    b"\\",
    b",",
    b":",
    b"null",
    b"-1",
    b"9223372036854775808",
    b"1e999",
    b"<b>",
    b"<a href=http://",
    b"&amp;",
    b"'",
    b";",
    b" ",
    b"\t",
    b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The constant, unless `REPLYDESK_TEST_SEED` says another.
    pub fn seeded(constant: u64) -> u64 {
        std::env::var("REPLYDESK_TEST_SEED").map_or(constant, |seed| seed.parse().expect("a number"))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is more than nothing.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn below_millis(&mut self, end: u64) -> Duration {
        Duration::from_micros(self.draw() % (end * 1000))
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Changes bytes in one to five places.
    pub fn mutates(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(5) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(12)).min(bytes.len());
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => bytes.insert(at, self.draw().to_le_bytes()[0]),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let again = bytes[at..end].repeat(self.below(30));
                    bytes.splice(at..at, again);
                }
                4 => bytes.truncate(at),
                _ => drop(bytes.splice(at..at, self.pick(&TOKENS).iter().copied())),
            }
        }
    }
}
