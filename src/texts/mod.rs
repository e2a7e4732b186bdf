//! Every text that people are shown, in one catalogue a language, in Fluent (projectfluent.org), compiled in: that of
//! moderators in `locales/en.ftl` and its like, that of readers in `locales/readers/`. Pages and letters hold a [`Texts`] of
//! one or the other, and say texts by their ids: `{{ t.say("queue-empty") }}`.
//!
//! There is no markup in a catalogue, and what comes out of it is escaped like anything else. A test holds that every id
//! that is used is there with its arguments, and that nothing is there that is not used.

mod catalogue;
mod phrase;
mod readers;
mod times;
mod words;

use std::fmt;

use self::catalogue::{CATALOGUES, Catalogue, of_readers};
pub use self::phrase::{Argument, Part, Phrase};
use crate::domain::{Direction, Language};

/// The texts of one language.
#[derive(Clone, Copy)]
pub struct Texts(&'static Catalogue);

/// The first language of moderators: that of their mails, and of whoever asks for no language that there is.
impl Default for Texts {
    fn default() -> Self {
        Self(&CATALOGUES[0])
    }
}

impl Texts {
    /// The first of these languages, as BCP 47 names them, that there is; `de-AT` is content with `de`.
    pub fn preferred<'a>(wished: impl IntoIterator<Item = &'a str>) -> Self {
        let of = |tag: &str| CATALOGUES.iter().find(|one| one.tag().eq_ignore_ascii_case(tag));
        let found = wished.into_iter().find_map(|tag| of(tag).or_else(|| of(tag.split('-').next()?)));
        found.map_or_else(Self::default, Self)
    }

    /// What the readers of a site are told, in its language.
    pub fn for_readers(language: Language) -> Self {
        Self(of_readers(language))
    }

    /// A language that is not compiled in, for as long as the process lives: for tests. Says what is wrong with it.
    pub fn foreign(tag: &str, direction: Direction, source: &str) -> Result<Self, String> {
        Ok(Self(Box::leak(Box::new(Catalogue::read(tag, direction, source)?))))
    }

    /// Its name as BCP 47 has it, for `lang`.
    pub fn lang(self) -> &'static str {
        self.0.tag()
    }

    /// Where its lines begin, for `dir`.
    pub fn dir(self) -> &'static str {
        self.0.direction().name()
    }

    /// The text of that id. The id stands here as it is, and is not put together: a test looks for it.
    pub fn say(self, id: &'static str) -> Phrase {
        Phrase::new(self.0, id)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({})", self.lang())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_there_is_is_taken() {
        for wished in [&["en"][..], &["EN-gb"], &["xx", "en-US"], &["xx-Latn"], &["*"], &[""], &[]] {
            assert_eq!(Texts::preferred(wished.iter().copied()).lang(), "en", "{wished:?}");
        }
    }

    #[test]
    fn readers_are_spoken_to_in_every_language() {
        for language in Language::ALL {
            let t = Texts::for_readers(*language);
            assert_eq!((t.lang(), t.dir()), (language.name(), language.direction().name()));
        }
    }
}
