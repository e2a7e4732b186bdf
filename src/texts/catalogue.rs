use std::{
    collections::BTreeSet,
    fmt,
    sync::{LazyLock, Mutex},
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

/// The languages there are, the usual one first. Another one is a file and a line.
const LANGUAGES: [(&str, &str); 1] = [("en", include_str!("../../locales/en.ftl"))];

pub(super) static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(compiled_in);

#[expect(clippy::expect_used, reason = "a test reads all that are compiled in")]
fn compiled_in() -> Vec<Catalogue> {
    let read =
        |(tag, source): (&str, &str)| Catalogue::read(tag, source).expect("a catalogue that can be read");
    LANGUAGES.into_iter().map(read).collect()
}

/// The texts of one language, by their ids.
pub(super) struct Catalogue {
    tag: String,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// Reads one; says what is wrong with it.
    pub(super) fn read(tag: &str, source: &str) -> Result<Self, String> {
        let language = tag.parse().map_err(|_| format!("{tag} is no language"))?;
        let resource =
            FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| format!("{tag}: {errors:?}"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // names stand in `<bdi>` on pages, and letters drop what turns the direction: marks of our own would be in the way
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| format!("{tag}: {errors:?}"))?;
        let mut catalogue = Self { tag: tag.to_owned(), bundle };
        let mut mark = String::new();
        catalogue
            .write(&mut mark, "digits-mark", &FluentArgs::new())
            .map_err(|_| "no digits-mark".to_owned())?;
        let number = move |given: &[FluentValue<'_>]| match given {
            [FluentValue::Number(number)] => grouped(&number.as_string(), &mark),
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

    fn said(source: &str, id: &'static str, args: &FluentArgs<'_>) -> String {
        let mut said = String::new();
        let catalogue = Catalogue::read("en", &format!("digits-mark = ,\n{source}\n")).unwrap();
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
            assert!(Catalogue::read("en", &format!("digits-mark = ,\n{source}\n")).is_err(), "{source}");
        }
        assert!(Catalogue::read("no language", "digits-mark = ,\n").is_err());
    }
}
