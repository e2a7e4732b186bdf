//! Word lists, compiled once and run over many texts: one automaton (Aho-Corasick) for all terms of all lists and both
//! views of a text, so that a text costs the same whether a list has ten terms or 100,000.

use std::{error::Error, fmt, ops::Range};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{
    legible::{Disguised, Legible, Marks, Unit},
    look_alike::{Kind, Side, look, side},
};
use crate::domain::{Even, Term, TermList, evened};

/// Most terms that one text is told to have; the first of each list is among them.
pub const HITS: usize = 20;

/// Fewest characters of a word in which digits are taken for letters: `A4` is paper.
const DISGUISED_CHARS: usize = 3;

/// Which list a term is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// A moderator decides.
    Hold,
    /// Nobody needs to see it.
    Spam,
    /// Terms that were blocked one by one, on the desk.
    Blocked,
}

/// Where a text has a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The list of the term.
    pub list: List,
    /// As it was typed.
    pub term: &'a str,
    /// Where it begins, in characters of the text as it arrived.
    pub start: usize,
    /// How many of its characters it takes.
    pub length: usize,
    /// Whether it was found behind look-alikes, marks, or digits and symbols for letters.
    pub disguised: bool,
}

/// The terms of a site, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct WordLists {
    terms: Vec<Entry>,
    /// What terms were typed as, one after the other, and what their disguised forms are made of.
    letters: String,
    /// What each pattern of the automaton stands for: `forms[firsts[n]..firsts[n + 1]]`.
    firsts: Vec<u32>,
    forms: Vec<Form>,
    automaton: Option<AhoCorasick>,
}

/// One term.
#[derive(Clone, Copy, Debug)]
struct Entry {
    list: List,
    typed: Stretch,
    /// No word may go on before it, or after it.
    is_tight: (bool, bool),
}

/// A part of [`WordLists::letters`], in bytes.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: u32,
    end: u32,
}

/// One way of writing a term that the automaton knows.
#[derive(Clone, Copy, Debug)]
struct Form {
    term: u32,
    /// In the disguised view, what its characters are.
    exact: Option<Stretch>,
}

/// The lists have more text than can be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the word lists are too large")
    }
}

impl Error for TooLarge {}

impl WordLists {
    /// Compiles several lists at once. Terms may be in more than one of them.
    pub fn compile<'a>(lists: impl IntoIterator<Item = (List, &'a TermList)>) -> Result<Self, TooLarge> {
        let mut compiled = Self::default();
        let mut patterns = Vec::new();
        for (list, terms) in lists {
            for term in terms.as_slice() {
                compiled.add(list, term, &mut patterns)?;
            }
        }
        patterns.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut different: Vec<&str> = Vec::with_capacity(patterns.len());
        for (pattern, form) in &patterns {
            if different.last() != Some(&&**pattern) {
                different.push(pattern);
                compiled.firsts.push(number(compiled.forms.len())?);
            }
            compiled.forms.push(*form);
        }
        compiled.firsts.push(number(compiled.forms.len())?);
        if !different.is_empty() {
            let automaton = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .prefilter(false)
                .build(different)
                .map_err(|_| TooLarge)?;
            compiled.automaton = Some(automaton);
        }
        Ok(compiled)
    }

    fn add(&mut self, list: List, term: &Term, patterns: &mut Vec<(Box<str>, Form)>) -> Result<(), TooLarge> {
        let number = number(self.terms.len())?;
        let plain = term.even();
        let is_word =
            |c: Option<char>| c.is_some_and(|c| side(c) != Side::Outside && side(c) != Side::Spaceless);
        let is_tight = (
            !term.opens_before() && is_word(plain.chars().next()),
            !term.opens_after() && is_word(plain.chars().next_back()),
        );
        let typed = self.keep(term.as_str())?;
        self.terms.push(Entry { list, typed, is_tight });
        patterns.push((plain.into(), Form { term: number, exact: None }));
        // the capital of ı is I, which elsewhere is that of i
        if plain.contains('ı') {
            patterns.push((plain.replace('ı', "i").into(), Form { term: number, exact: None }));
        }
        let mut known: Vec<String> = Vec::new();
        for variant in variants(term) {
            let view = Disguised::new(&variant);
            if !view.text.is_empty() && !known.contains(&view.text) {
                let exact: String = view.units.iter().map(|unit| unit.exact).collect();
                let exact = Some(self.keep(&exact)?);
                patterns.push((view.text.as_str().into(), Form { term: number, exact }));
                known.push(view.text);
            }
        }
        Ok(())
    }

    fn keep(&mut self, letters: &str) -> Result<Stretch, TooLarge> {
        let start = number(self.letters.len())?;
        self.letters.push_str(letters);
        Ok(Stretch { start, end: number(self.letters.len())? })
    }

    fn kept(&self, stretch: Stretch) -> &str {
        &self.letters[stretch.start as usize..stretch.end as usize]
    }

    /// The terms a text has, each where it is first, in the order of the text: at most [`HITS`].
    pub fn find(&self, text: &Legible) -> Vec<Hit<'_>> {
        self.look(text, &mut Steps::default())
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// How much memory it takes, in bytes.
    pub fn size(&self) -> usize {
        self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage)
            + self.terms.capacity() * size_of::<Entry>()
            + self.forms.capacity() * size_of::<Form>()
            + self.firsts.capacity() * size_of::<u32>()
            + self.letters.capacity()
    }

    fn look(&self, text: &Legible, steps: &mut Steps) -> Vec<Hit<'_>> {
        let mut found = self.search(&text.plain.text, steps, |form, range, _| {
            let is_there = form.exact.is_none() && self.fits(form, text.plain.sides(&range));
            is_there.then(|| text.plain.place(&range))
        });
        if let Some(view) = &text.disguised {
            let disguised = self.search(&view.text, steps, |form, range, steps| {
                let exact = self.kept(form.exact?);
                let units = view.units(&range);
                let is_there = self.fits(form, view.sides(&units));
                steps.compared += if is_there { units.len() } else { 0 };
                (is_there && is_disguise(&view.units[units.clone()], exact)).then(|| view.place(&units))
            });
            for hit in disguised {
                match found.iter_mut().find(|known| known.term == hit.term) {
                    Some(known) if known.place.start <= hit.place.start => {}
                    Some(known) => *known = Found { is_disguised: true, ..hit },
                    None => found.push(Found { is_disguised: true, ..hit }),
                }
            }
        }
        self.hits(found)
    }

    /// Whether what stands beside a form lets it be the term.
    fn fits(&self, form: Form, (before, after): (Side, Side)) -> bool {
        let (is_tight_before, is_tight_after) = self.terms[form.term as usize].is_tight;
        // with a mark, or the end of a syllable, the last character would be another
        after != Side::Joined
            && !(is_tight_before && before == Side::Word)
            && !(is_tight_after && after == Side::Word)
    }

    /// Runs the automaton over a view until [`HITS`] terms are found, and one of every list.
    fn search(
        &self,
        view: &str,
        steps: &mut Steps,
        mut place: impl FnMut(Form, Range<usize>, &mut Steps) -> Option<Range<usize>>,
    ) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let Some(automaton) = &self.automaton else { return found };
        for hit in automaton.find_overlapping_iter(view) {
            let pattern = hit.pattern().as_usize();
            for form in &self.forms[self.firsts[pattern] as usize..self.firsts[pattern + 1] as usize] {
                steps.candidates += 1;
                let list = self.terms[form.term as usize].list;
                let is_full = found.len() >= HITS && found.iter().any(|found| found.list == list);
                if is_full || found.iter().any(|found| found.term == form.term) {
                    continue;
                }
                if let Some(place) = place(*form, hit.range(), steps) {
                    found.push(Found { list, term: form.term, place, is_disguised: false });
                }
            }
        }
        found
    }

    fn hits(&self, mut found: Vec<Found>) -> Vec<Hit<'_>> {
        found.sort_by_key(|found| (found.place.start, found.term));
        let is_first_of_list = |at: usize| !found[..at].iter().any(|before| before.list == found[at].list);
        let firsts = (0..found.len()).filter(|at| is_first_of_list(*at)).collect::<Vec<_>>();
        let mut others = HITS.saturating_sub(firsts.len());
        let mut hits = Vec::new();
        for (at, found) in found.iter().enumerate() {
            if !firsts.contains(&at) {
                if others == 0 {
                    continue;
                }
                others -= 1;
            }
            let Found { list, term, place, is_disguised } = found;
            hits.push(Hit {
                list: *list,
                term: self.kept(self.terms[*term as usize].typed),
                start: place.start,
                length: place.len(),
                disguised: *is_disguised,
            });
        }
        hits
    }
}

/// What a search has done, for the tests of its cost.
#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    candidates: usize,
    compared: usize,
}

struct Found {
    list: List,
    term: u32,
    place: Range<usize>,
    is_disguised: bool,
}

fn number(count: usize) -> Result<u32, TooLarge> {
    u32::try_from(count).map_err(|_| TooLarge)
}

/// A term in the cases it is written in, where letters look like others in one case only.
fn variants(term: &Term) -> Vec<Vec<Even>> {
    let typed = term.evened();
    let looks = |c: char| look(c, c).first.to_lowercase();
    let is_alike =
        |even: &Even| even.c.is_ascii() || even.c.to_uppercase().all(|upper| looks(upper).eq(looks(even.c)));
    if typed.iter().all(is_alike) {
        return vec![typed];
    }
    let original: String = typed.iter().map(|even| even.original).collect();
    let mut letters = original.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let title = first + &letters.as_str().to_lowercase();
    vec![typed, evened(&original.to_lowercase()), evened(&original.to_uppercase()), evened(&title)]
}

/// Whether a stretch that looks like a term is the term in disguise. What is not in disguise must be what it is in the
/// term, or `mall` would be `mail`; and something must be in disguise, or it is just another word.
fn is_disguise(units: &[Unit], exact: &str) -> bool {
    let (mut is_disguised, mut letters, mut digits, mut symbols) = (false, 0, 0, 0);
    for (at, (unit, wanted)) in units.iter().zip(exact.chars()).enumerate() {
        letters += usize::from(unit.exact.is_alphabetic());
        is_disguised |= unit.marks == Marks::Disguise;
        if unit.exact == wanted {
            continue;
        }
        match unit.kind {
            Kind::Alike if unit.counts => is_disguised = true,
            // an ASCII letter for one of another script
            Kind::Itself if unit.counts && !wanted.is_ascii() && wanted.is_alphabetic() => {
                is_disguised = true;
            }
            Kind::Digit => digits += 1,
            Kind::Symbol => symbols += 1,
            Kind::Inside if at > 0 && at + 1 < units.len() => symbols += 1,
            _ => return false,
        }
    }
    let are_letters = digits == 0 || (letters >= digits && units.len() >= DISGUISED_CHARS);
    are_letters && (is_disguised || (digits + symbols > 0 && letters > 0))
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
