//! The words of a text, as far as readers would call them the same.
//!
//! Case, compatibility forms, marks above and below letters, what shows nothing, punctuation and links are dropped;
//! letters that look like others (UTS #39, digits in place of letters) become one letter. This is for comparing only:
//! two words that differ may come out as one, and nobody is shown what comes out.

use std::mem;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::confusable_detection::skeleton;

use crate::domain::shows_nothing;

/// With fewer words beside its links, a text is known by them.
const FEW: usize = 8;

/// The words of a text in their order.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// A number for each, under the secret.
    pub(super) hashes: Vec<u64>,
    /// Letters and digits in all of them.
    pub(super) letters: usize,
}

/// Finds the words of a text.
pub(super) fn words(text: &str, secret: u64) -> Words {
    let without_links = gather(text, secret, false);
    if without_links.hashes.len() < FEW { gather(text, secret, true) } else { without_links }
}

fn gather(text: &str, secret: u64, with_links: bool) -> Words {
    let mut gathering =
        Gathering { secret, found: Words::default(), word: String::new(), spelt: String::new() };
    let mut even = String::new();
    for token in text.split_whitespace() {
        let token = if token.is_ascii() {
            token
        } else {
            even.clear();
            even.extend(token.nfkc().filter(|c| !shows_nothing(*c)));
            even.as_str()
        };
        if with_links || !is_link(token) {
            gathering.read(token);
        }
    }
    gathering.end_of_spelling();
    gathering.found
}

/// Words on their way into numbers.
struct Gathering {
    secret: u64,
    found: Words,
    /// The one that is read.
    word: String,
    /// Letters that stand alone, one behind the other: `v i a g r a` and `v.i.a.g.r.a` are a word.
    spelt: String,
}

impl Gathering {
    /// Reads what stands between two spaces.
    fn read(&mut self, token: &str) {
        for piece in token.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || is_dropped(c))) {
            self.word.clear();
            if piece.is_ascii() {
                self.word.extend(piece.chars().filter(|c| !is_dropped(*c)).map(letter));
            } else {
                even_out(piece, &mut self.word);
            }
            join_pairs(&mut self.word);
            self.end_of_word();
        }
    }

    fn end_of_word(&mut self) {
        let word = mem::take(&mut self.word);
        let mut chars = word.chars();
        match (chars.next(), chars.next()) {
            (None, _) => {}
            (Some(only), None) if !is_unspaced(only) => self.spelt.push(only),
            _ => {
                self.end_of_spelling();
                self.take(&word);
            }
        }
        self.word = word;
    }

    fn end_of_spelling(&mut self) {
        let spelt = mem::take(&mut self.spelt);
        if spelt.chars().nth(2).is_some() {
            self.take(&spelt);
        } else {
            // "I", or "a 5": words by themselves
            spelt.char_indices().for_each(|(at, c)| self.take(&spelt[at..at + c.len_utf8()]));
        }
        self.spelt = spelt;
        self.spelt.clear();
    }

    /// Takes a word; of a script without spaces, each character with the one behind it.
    fn take(&mut self, word: &str) {
        self.found.letters += word.chars().count();
        if word.is_ascii() || !word.contains(is_unspaced) {
            self.found.hashes.push(hash(word, self.secret));
            return;
        }
        let begins: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let pairs = begins.windows(3).map(|at| &word[at[0]..at[2]]);
        self.found.hashes.extend(pairs.map(|pair| hash(pair, self.secret)));
    }
}

/// A word that is not of ASCII alone, in the letters that it looks to be made of.
fn even_out(piece: &str, into: &mut String) {
    let plain = |c: &char| !is_combining_mark(*c) && !is_dropped(*c);
    if piece.contains(|c: char| c.is_ascii_alphabetic()) {
        // foreign letters among Latin ones stand for what they look like, capitals too
        let seen: String = skeleton(piece).filter(plain).collect();
        into.extend(seen.chars().flat_map(char::to_lowercase).map(letter));
    } else {
        // a word of another script has its own capitals
        let lower = piece.to_lowercase();
        let seen: String = skeleton(&lower).filter(plain).collect();
        into.extend(seen.chars().flat_map(char::to_lowercase).map(letter));
    }
}

/// The letter that an ASCII character stands for.
fn letter(c: char) -> char {
    match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | 'i' => 'l',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        c => c,
    }
}

/// Two letters that look like one: UTS #39 takes `m` for `rn`, here it is the other way round.
fn join_pairs(word: &mut String) {
    for (two, one) in [("rn", "m"), ("vv", "w")] {
        if word.contains(two) {
            *word = word.replace(two, one);
        }
    }
}

/// What people leave out of words and put into them.
fn is_dropped(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{B4}' | '\u{2018}'..='\u{201B}' | '\u{2BC}' | '*' | '_')
}

/// Scripts that put no spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether it is an address: with a scheme, with `www.`, or a dot in front of two letters, as in `example.com/x`.
fn is_link(token: &str) -> bool {
    if token.contains("://") || token.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("www.")) {
        return true;
    }
    let host = token.split(['/', '?', '#', ':']).next().unwrap_or_default().as_bytes();
    host.windows(4).any(|at| {
        at[0].is_ascii_alphanumeric()
            && at[1] == b'.'
            && at[2].is_ascii_lowercase()
            && at[3].is_ascii_lowercase()
    })
}

/// A number for a word: FNV-1a from a secret start, mixed, since the orders of min-hashing need all of its bits.
fn hash(word: &str, secret: u64) -> u64 {
    let hash =
        word.bytes().fold(secret, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(hash)
}

/// Spreads all bits over all others (the end of splitmix64).
pub(super) const fn mix(mut bits: u64) -> u64 {
    bits ^= bits >> 30;
    bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^= bits >> 27;
    bits = bits.wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}
