use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};

use super::catalogue::Catalogue;

/// Characters that stand for nothing (Unicode §23.7): places in a text where a page puts an element. No text has more.
const PLACES: [char; 4] = ['\u{fdd0}', '\u{fdd1}', '\u{fdd2}', '\u{fdd3}'];

/// A text with what is to stand in it. It is written where it is shown, and escaped there.
#[derive(Clone)]
pub struct Phrase {
    catalogue: &'static Catalogue,
    id: &'static str,
    args: Vec<(&'static str, FluentValue<'static>)>,
    gaps: Vec<&'static str>,
}

/// A piece of a text that elements stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Text(String),
    /// The place of an element, by the name of the argument.
    Gap(&'static str),
}

/// What may stand in a text.
pub trait Argument {
    /// As Fluent takes it.
    fn value(self) -> FluentValue<'static>;
}

impl Phrase {
    pub(super) const fn new(catalogue: &'static Catalogue, id: &'static str) -> Self {
        Self { catalogue, id, args: Vec::new(), gaps: Vec::new() }
    }

    /// With `value` where the text says `{ $name }`, or chooses by it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Argument) -> Self {
        self.args.push((name, value.value()));
        self
    }

    /// With a place for an element where the text says `{ $name }`: see [`Phrase::parts`].
    #[must_use]
    pub fn gap(mut self, name: &'static str) -> Self {
        let place = PLACES.get(self.gaps.len()).map(ToString::to_string);
        self.args.push((name, FluentValue::String(place.unwrap_or_default().into())));
        self.gaps.push(name);
        self
    }

    /// The pieces of the text in the order that its language puts them in, so that the page can put an element into each
    /// gap: a name in `<bdi>`, a link.
    ///
    /// ```text
    /// {% for part in t.say("reply-to").gap("author").parts() -%}
    /// {% if part.is("author") %}<bdi>{{ author }}</bdi>{% else %}{{ part }}{% endif %}
    /// {%- endfor %}
    /// ```
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut words = String::new();
        for c in self.to_string().chars() {
            let gap = PLACES.iter().position(|place| *place == c).and_then(|at| self.gaps.get(at));
            match gap {
                None => words.push(c),
                Some(name) => {
                    parts.push(Part::Text(std::mem::take(&mut words)));
                    parts.push(Part::Gap(name));
                }
            }
        }
        parts.push(Part::Text(words));
        parts.retain(|part| !matches!(part, Part::Text(words) if words.is_empty()));
        parts
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let args: FluentArgs<'_> = self.args.iter().cloned().collect();
        self.catalogue.write(f, self.id, &args)
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phrase({})", self.id)
    }
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> Self {
        phrase.to_string()
    }
}

impl Part {
    /// Whether it is the gap of that name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Gap(gap) if *gap == name)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(words) => f.write_str(words),
            Self::Gap(_) => Ok(()),
        }
    }
}

/// Somebody's words make no gaps.
impl Argument for &str {
    fn value(self) -> FluentValue<'static> {
        FluentValue::String(self.chars().filter(|c| !PLACES.contains(c)).collect::<String>().into())
    }
}

impl Argument for String {
    fn value(self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

impl Argument for Phrase {
    fn value(self) -> FluentValue<'static> {
        self.to_string().value()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Argument for $number {
            fn value(self) -> FluentValue<'static> {
                self.into()
            }
        })*
    };
}

numbers!(u16 u32 u64 usize i64);

/// Templates give references.
impl<T: Argument + Clone> Argument for &T {
    fn value(self) -> FluentValue<'static> {
        self.clone().value()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Texts, *};
    use crate::domain::Direction;

    fn texts(source: &str) -> Texts {
        Texts::foreign("en", Direction::LeftToRight, &format!("digits-mark = ,\n{source}\n")).unwrap()
    }

    #[test]
    fn an_element_stands_where_the_language_puts_it() {
        let text = |words: &str| Part::Text(words.to_owned());
        let (one, two) =
            (texts("a = { $who } on { $what }, { $n } times"), texts("a = { $n }: { $what } ({ $who })"));
        let parts = |texts: Texts| texts.say("a").gap("who").with("n", 3_u64).gap("what").parts();
        assert_eq!(parts(one), [Part::Gap("who"), text(" on "), Part::Gap("what"), text(", 3 times")]);
        assert_eq!(parts(two), [text("3: "), Part::Gap("what"), text(" ("), Part::Gap("who"), text(")")]);
        assert!(parts(one)[0].is("who") && !parts(one)[0].is("what") && !parts(one)[1].is("who"));
    }

    #[test]
    fn nobody_can_write_a_gap() {
        let parts = texts("a = { $name } and { $link }")
            .say("a")
            .gap("link")
            .with("name", "Mo \u{fdd0}\u{fdd1}")
            .parts();
        assert_eq!(parts, [Part::Text("Mo  and ".to_owned()), Part::Gap("link")]);
    }
}
