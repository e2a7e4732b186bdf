use serde::{Deserialize, Serialize};

/// Where the lines of a language begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// At the left, as those of Latin letters do.
    #[default]
    LeftToRight,
    /// At the right, as those of Arabic and Hebrew do.
    RightToLeft,
}

impl Direction {
    /// As HTML has it in `dir`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// Does something with the list of languages. Another one is a line here and a file, `locales/readers/TAG.ftl`.
macro_rules! each_language {
    ($macro:ident) => {
        $macro! {
            English "en" LeftToRight
            German "de" LeftToRight
            French "fr" LeftToRight
            Spanish "es" LeftToRight
            Ukrainian "uk" LeftToRight
        }
    };
}
pub(crate) use each_language;

macro_rules! defined {
    ($($language:ident $tag:literal $direction:ident)+) => {
        /// A language that a site speaks to its readers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Language {
            $(
                #[doc = concat!("`", $tag, "`")]
                #[serde(rename = $tag)]
                $language,
            )+
        }

        impl Language {
            /// All of them, the usual one first.
            pub const ALL: &[Self] = &[$(Self::$language),+];

            /// As BCP 47 has it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$language => $tag,)+
                }
            }

            /// Where its lines begin.
            pub const fn direction(self) -> Direction {
                match self {
                    $(Self::$language => Direction::$direction,)+
                }
            }
        }
    };
}
each_language!(defined);

impl Default for Language {
    fn default() -> Self {
        Self::English
    }
}

impl Language {
    /// The language of that name, in capitals or not.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_named_as_it_is_kept() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.name());
            assert_eq!(Language::parse(language.name()), Some(*language));
        }
        assert_eq!(Language::parse("DE"), Some(Language::German));
        assert_eq!((Language::parse("de-AT"), Language::parse("")), (None, None));
        assert_eq!(Language::default().name(), "en");
    }

    #[test]
    fn lines_begin_where_html_says() {
        assert!(Language::ALL.iter().all(|language| language.direction().name() == "ltr"));
        assert_eq!(Direction::RightToLeft.name(), "rtl");
    }
}
