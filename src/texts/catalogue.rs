use std::{
    collections::BTreeSet,
    fmt,
    sync::{LazyLock, Mutex},
};

use crate::domain::{Direction, Language, each_language};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

/// The languages of the desk, the usual one first. Another one is a file and a line.
const OF_MODERATORS: [(&str, Direction, &str); 1] =
    [("en", Direction::LeftToRight, include_str!("../../locales/en.ftl"))];

pub(super) static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| compiled_in(&OF_MODERATORS));

macro_rules! files {
    ($($language:ident $tag:literal $direction:ident)+) => {
        [$(($tag, Direction::$direction, include_str!(concat!("../../locales/readers/", $tag, ".ftl")))),+]
    };
}

static OF_READERS: LazyLock<Vec<Catalogue>> = LazyLock::new(|| compiled_in(&each_language!(files)));

#[expect(clippy::expect_used, reason = "a test reads all that are compiled in")]
fn compiled_in(files: &[(&str, Direction, &str)]) -> Vec<Catalogue> {
    let read = |(tag, direction, source): &(&str, Direction, &str)| {
        Catalogue::read(tag, *direction, source).expect("a catalogue that can be read")
    };
    files.iter().map(read).collect()
}

/// What readers are told in this language.
pub(super) fn of_readers(language: Language) -> &'static Catalogue {
    let of = |catalogue: &&Catalogue| catalogue.tag == language.name();
    OF_READERS.iter().find(of).unwrap_or(&OF_READERS[0])
}

/// The texts of one language, by their ids.
pub(super) struct Catalogue {
    tag: String,
    direction: Direction,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// Reads one; says what is wrong with it.
    pub(super) fn read(tag: &str, direction: Direction, source: &str) -> Result<Self, String> {
        let language = tag.parse().map_err(|_| format!("{tag} is no language"))?;
        let resource =
            FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| format!("{tag}: {errors:?}"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // names stand in `<bdi>` on pages, and letters drop what turns the direction: marks of our own would be in the way
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| format!("{tag}: {errors:?}"))?;
        let mut catalogue = Self { tag: tag.to_owned(), direction, bundle };
        let mark = catalogue.own("digits-mark").ok_or("no digits-mark")?;
        let least = catalogue.own("digits-least").and_then(|least| least.parse().ok()).unwrap_or(4);
        let number = move |given: &[FluentValue<'_>]| match given {
            [FluentValue::Number(number)] => {
                let digits = number.as_string();
                if digits.len() < least { digits.into_owned() } else { grouped(&digits, &mark) }
            }
            _ => "?".to_owned(),
        };
        let added = catalogue
            .bundle
            .add_function("NUMBER", move |given, _| FluentValue::String(number(given).into()));
        added.map_err(|error| format!("{tag}: {error:?}"))?;
        Ok(catalogue)
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    pub(super) fn direction(&self) -> Direction {
        self.direction
    }

    /// A text that is asked for here, where there is one.
    fn own(&self, id: &'static str) -> Option<String> {
        let mut own = String::new();
        self.bundle.has_message(id).then(|| self.write(&mut own, id, &FluentArgs::new()).ok())?;
        Some(own)
    }

    /// Writes the text of that id. One that is not there, or lacks an argument, is seen: it says its id or the argument's
    /// name, and the log tells it once.
    pub(super) fn write(
        &self,
        out: &mut impl fmt::Write,
        id: &'static str,
        args: &FluentArgs<'_>,
    ) -> fmt::Result {
        let Some(text) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            complain(id);
            return out.write_str(id);
        };
        let mut errors = Vec::new();
        self.bundle.write_pattern(out, text, Some(args), &mut errors)?;
        if !errors.is_empty() {
            complain(id);
        }
        Ok(())
    }
}

fn complain(id: &'static str) {
    static TOLD: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    if TOLD.lock().is_ok_and(|mut told| told.insert(id)) {
        tracing::error!(text.id = id, "the text {id} is not in the catalogue, or lacks an argument");
    }
}

/// With a mark before every three digits.
fn grouped(digits: &str, mark: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(mark);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(source: &str) -> Result<Catalogue, String> {
        Catalogue::read("en", Direction::LeftToRight, &format!("digits-mark = ,\n{source}\n"))
    }

    fn said(source: &str, id: &'static str, args: &FluentArgs<'_>) -> String {
        let mut said = String::new();
        let catalogue = english(source).unwrap();
        catalogue.write(&mut said, id, args).unwrap();
        said
    }

    #[test]
    fn what_is_not_there_is_seen() {
        let none = FluentArgs::new();
        assert_eq!(said("a = A", "nowhere", &none), "nowhere");
        assert_eq!(said("a = A { $b } c", "a", &none), "A {$b} c");
    }

    #[test]
    fn digits_are_grouped_where_the_text_asks_for_it() {
        let mut args = FluentArgs::new();
        for (count, told) in [(1, "1 is 1"), (999, "999 are 999"), (1_234_567, "1,234,567 are 1234567")] {
            args.set("n", count);
            let source = "a = { NUMBER($n) } { $n ->\n    [one] is\n   *[other] are\n} { $n }";
            assert_eq!(said(source, "a", &args), told);
        }
    }

    #[test]
    fn a_catalogue_with_a_mistake_is_refused() {
        for source in ["a = { $b", "digits-mark = .", "= x"] {
            assert!(english(source).is_err(), "{source}");
        }
        assert!(Catalogue::read("no language", Direction::LeftToRight, "digits-mark = ,\n").is_err());
        assert!(Catalogue::read("en", Direction::LeftToRight, "a = A\n").is_err());
    }
}
