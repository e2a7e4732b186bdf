//! A text prepared once for all word lists, in two views that both know where everything stands in the original: *plain*,
//! where what readers call the same is the same; and *disguised*, where everything is what it passes for, with a note of
//! how it came to that. Disguises are what people do to words, not what languages do to letters: the note says which.

use std::ops::Range;

use unicode_normalization::char::compose;
use unicode_script::{Script, UnicodeScript};

use super::look_alike::{Kind, Side, is_letter, is_usual, look, side};
use crate::domain::{Even, evened, joins};

/// Marks before a character that are looked through for what they stand on.
const MARKS: usize = 32;
/// A text is written in a script when it has a word of it for so many Latin ones.
const LATIN_WORDS: usize = 4;

/// A text that word lists can be run over.
#[derive(Clone, Debug)]
pub struct Legible {
    pub(super) plain: Plain,
    /// Only where something may be in disguise.
    pub(super) disguised: Option<Disguised>,
}

impl Legible {
    /// Prepares a text, in time linear in its length.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            let disguised = may_hide(text.as_bytes()).then(|| Disguised::new(&evened(text)));
            return Self { plain: Plain::ascii(text), disguised };
        }
        let even = evened(text);
        let disguised = Some(Disguised::new(&even)).filter(Disguised::has_any);
        Self { plain: Plain::new(&even), disguised }
    }
}

/// Whether an ASCII text has a digit or symbol that may stand for a letter: one beside a letter.
fn may_hide(text: &[u8]) -> bool {
    let is_letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphabetic);
    let is_of_word =
        |at: usize| text.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || b"@$!|".contains(b));
    (0..text.len()).any(|at| match text[at] {
        b'0' | b'1' | b'3' | b'4' | b'5' | b'7' | b'@' | b'$' => {
            is_letter(at + 1) || (at > 0 && is_letter(at - 1))
        }
        b'!' | b'|' => is_letter(at + 1) && at > 0 && is_of_word(at - 1),
        _ => false,
    })
}

/// The plain view.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub(super) text: String,
    /// Where each byte stands in the original, in characters; nothing when it stands where it stood.
    places: Option<Vec<(u32, u32)>>,
}

impl Plain {
    fn ascii(original: &str) -> Self {
        let is_space = |b: u8| char::from(b).is_whitespace();
        let bytes = original.as_bytes();
        if !bytes.windows(2).any(|two| is_space(two[0]) && is_space(two[1])) {
            let even = |c: char| if c.is_whitespace() { ' ' } else { c.to_ascii_lowercase() };
            return Self { text: original.chars().map(even).collect(), places: None };
        }
        Self::new(&evened(original))
    }

    fn new(even: &[Even]) -> Self {
        let mut text = String::with_capacity(even.len());
        let mut places = Vec::with_capacity(even.len());
        for even in even {
            text.push(even.c);
            places.resize(text.len(), (even.start, even.end));
        }
        Self { text, places: Some(places) }
    }

    /// Where a stretch of the view begins and ends in the original.
    pub(super) fn place(&self, found: &Range<usize>) -> Range<usize> {
        match &self.places {
            None => found.clone(),
            Some(places) => places[found.start].0 as usize..places[found.end - 1].1 as usize,
        }
    }

    /// What stands before and after a stretch.
    pub(super) fn sides(&self, found: &Range<usize>) -> (Side, Side) {
        let after = self.text[found.end..].chars().next().map_or(Side::Outside, side);
        (base(self.text[..found.start].chars().rev().map(side)), after)
    }
}

/// What marks stand on, which they continue.
fn base(mut before: impl Iterator<Item = Side>) -> Side {
    let mut bounded = before.by_ref().take(MARKS);
    bounded.find(|side| *side != Side::Joined).unwrap_or(Side::Outside)
}

/// One character of the disguised view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// What it is, apart from its marks: as in the plain view.
    pub(super) exact: char,
    pub(super) kind: Kind,
    pub(super) side: Side,
    /// What it looks like counts as a disguise: of an ASCII letter, that it looks like a letter of another script.
    pub(super) counts: bool,
    pub(super) marks: Marks,
    /// It is of a word that mixes scripts.
    is_mixed: bool,
    start: u32,
    end: u32,
    script: Script,
    /// With the marks so far, where they make one letter.
    composed: Option<char>,
}

/// What the marks of a character do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// It has none, or none that say anything.
    None,
    /// They make a letter of its script.
    Letter,
    /// They are a disguise.
    Disguise,
}

/// The disguised view.
#[derive(Clone, Debug)]
pub(super) struct Disguised {
    pub(super) text: String,
    pub(super) units: Vec<Unit>,
    /// The unit of each byte of the text.
    unit_of: Vec<u32>,
}

impl Disguised {
    /// The view of what was evened out. It has as many units as characters.
    pub(super) fn new(even: &[Even]) -> Self {
        let mut view = Self {
            text: String::with_capacity(even.len()),
            units: Vec::with_capacity(even.len()),
            unit_of: Vec::with_capacity(even.len()),
        };
        for even in even {
            view.push(even);
        }
        judge(&mut view.units);
        view
    }

    fn push(&mut self, even: &Even) {
        let is_mark = !even.c.is_ascii() && joins(even.c);
        if is_mark && even.c.script() == Script::Inherited {
            if let Some(last) = self.units.last_mut() {
                last.mark(even);
            }
            return;
        }
        let look = look(even.original, even.c);
        let unit = Unit {
            exact: even.c,
            kind: look.kind,
            side: side(even.c),
            counts: false,
            marks: Marks::None,
            is_mixed: false,
            start: even.start,
            end: even.end,
            script: script(even.original),
            composed: Some(even.original),
        };
        for c in [Some(look.first), look.second].into_iter().flatten() {
            self.text.push(c);
            let number = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
            self.unit_of.resize(self.text.len(), number);
            self.units.push(unit);
        }
    }

    /// Whether anything here can be a disguise.
    fn has_any(&self) -> bool {
        let units = &self.units;
        let is_letter = |at: usize| units.get(at).is_some_and(|unit| unit.exact.is_alphabetic());
        units.iter().enumerate().any(|(at, unit)| match unit.kind {
            _ if unit.marks == Marks::Disguise => true,
            Kind::Itself | Kind::Alike => unit.counts,
            Kind::Digit | Kind::Symbol => is_letter(at + 1) || (at > 0 && is_letter(at - 1)),
            Kind::Inside => is_letter(at + 1) && at > 0 && units[at - 1].exact != ' ',
        })
    }

    /// The units of a stretch of the text.
    pub(super) fn units(&self, found: &Range<usize>) -> Range<usize> {
        self.unit_of[found.start] as usize..self.unit_of[found.end - 1] as usize + 1
    }

    /// Where units begin and end in the original.
    pub(super) fn place(&self, units: &Range<usize>) -> Range<usize> {
        self.units[units.start].start as usize..self.units[units.end - 1].end as usize
    }

    /// What stands before and after units.
    pub(super) fn sides(&self, units: &Range<usize>) -> (Side, Side) {
        let after = self.units.get(units.end).map_or(Side::Outside, |unit| unit.side);
        (base(self.units[..units.start].iter().rev().map(|unit| unit.side)), after)
    }
}

fn script(c: char) -> Script {
    match c {
        _ if c.is_ascii_alphabetic() => Script::Latin,
        _ if c.is_ascii() => Script::Common,
        // the most frequent ones need no search
        _ if is_letter(c) => {
            if c < '\u{400}' {
                Script::Latin
            } else {
                Script::Cyrillic
            }
        }
        _ if !c.is_alphabetic() => Script::Common,
        _ => c.script(),
    }
}

impl Unit {
    /// Takes a mark away, and notes what it was: marks that make a letter are spelling, others are not.
    fn mark(&mut self, mark: &Even) {
        self.end = self.end.max(mark.end);
        if self.side != Side::Word {
            return;
        }
        self.composed = self.composed.and_then(|base| compose(base, mark.c));
        match self.composed {
            Some(letter) if self.script != Script::Latin || is_usual(letter) => self.marks = Marks::Letter,
            _ => self.marks = Marks::Disguise,
        }
    }

    /// Whether it is a Latin letter that only some languages have.
    fn is_foreign(&self) -> bool {
        let is_usual = self.kind == Kind::Alike && is_usual(self.exact);
        self.script == Script::Latin && (self.marks == Marks::Letter || is_usual)
    }

    fn is_of_word(&self) -> bool {
        matches!(self.side, Side::Word | Side::Joined)
    }
}

/// What the words of a text say about its languages.
#[derive(Default)]
struct Tally {
    latin: usize,
    foreign: usize,
    /// Words of each other script that has a letter no Latin one looks like.
    own: Vec<(Script, usize)>,
}

impl Tally {
    /// Whether the text is written in that script, perhaps among others: then its letters are what they are.
    fn writes(&self, script: Script) -> bool {
        self.latin == 0 || self.own.iter().any(|(known, words)| *known == script && self.are_many(*words))
    }

    /// Whether it is written in any other script than Latin.
    fn writes_another(&self) -> bool {
        self.own.iter().any(|(_, words)| self.are_many(*words))
    }

    fn are_many(&self, words: usize) -> bool {
        words * LATIN_WORDS >= self.latin
    }
}

/// Decides for every unit whether what it looks like, and the marks it has, count as disguises.
fn judge(units: &mut [Unit]) {
    let mut tally = Tally::default();
    for word in units.chunk_by_mut(|a, b| a.is_of_word() && b.is_of_word()) {
        weigh(word, &mut tally);
    }
    let writes_another = tally.writes_another();
    for unit in units {
        // among words that all do without such letters one that has them stands out
        let stands_out = tally.foreign == 1;
        let is_odd = stands_out || unit.is_mixed;
        if unit.script == Script::Latin && unit.marks == Marks::Letter && is_odd {
            unit.marks = Marks::Disguise;
        }
        unit.counts = match unit.script {
            _ if unit.exact.is_ascii_alphabetic() => unit.is_mixed || writes_another,
            _ if unit.kind == Kind::Itself => false,
            Script::Latin if is_usual(unit.exact) => is_odd,
            Script::Latin | Script::Common | Script::Inherited | Script::Unknown => true,
            script => unit.is_mixed || !tally.writes(script),
        };
    }
}

fn weigh(word: &mut [Unit], tally: &mut Tally) {
    let mut scripts = word.iter().map(|unit| unit.script).filter(|script| {
        !matches!(script, Script::Common | Script::Inherited | Script::Unknown | Script::Hangul)
    });
    let Some(script) = scripts.next() else { return };
    if word[0].is_of_word() && scripts.any(|other| other != script) {
        for unit in word {
            unit.is_mixed = true;
        }
    } else if script == Script::Latin {
        tally.latin += 1;
        tally.foreign += usize::from(word.iter().any(Unit::is_foreign));
    } else if word.iter().any(|unit| unit.script == script && unit.kind == Kind::Itself) {
        match tally.own.iter_mut().find(|(known, _)| *known == script) {
            Some((_, words)) => *words += 1,
            None => tally.own.push((script, 1)),
        }
    }
}
