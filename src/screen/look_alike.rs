//! What a character passes for, by Unicode's table of confusables (UTS 39) and by what people type for letters.

use std::sync::LazyLock;

use unicode_script::{Script, UnicodeScript};
use unicode_security::confusable_detection::skeleton;

use crate::domain::joins;

/// Letters that the table of confusables only compares among themselves, each with the ASCII letter it passes for: small
/// capitals, and what Cyrillic and Greek small letters come down to there.
const MORE: &str = "ᴀaʙbᴅdᴇeꜰfғfɢgʜhɪiᴊjᴋkĸkʟlᴍmʍmɴnᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzꞓeǝeƅb€e¢c";

/// How a character of a text may stand for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only for itself.
    Itself,
    /// It looks like an ASCII character.
    Alike,
    /// A digit that people type for a letter.
    Digit,
    /// A symbol that people type for a letter.
    Symbol,
    /// A symbol that does so only between letters: at the end of a word it is what it is.
    Inside,
}

/// Where a character stands as to the edges of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Of a word that goes on.
    Word,
    /// Of a script that puts no spaces between words: one may begin and end anywhere.
    Spaceless,
    /// A part of the character before.
    Joined,
    /// Of no word.
    Outside,
}

/// One character, or two, that others are compared by; and how it came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) first: char,
    pub(super) second: Option<char>,
    pub(super) kind: Kind,
}

/// How a character looks: `original` before its case was folded, and `folded` after.
pub(super) fn look(original: char, folded: char) -> Look {
    let itself = |kind| Look { first: class(folded), second: None, kind };
    match original {
        '0' | '1' | '3' | '4' | '5' | '7' => itself(Kind::Digit),
        '@' | '$' => itself(Kind::Symbol),
        '!' | '|' => itself(Kind::Inside),
        _ if original.is_ascii() => itself(Kind::Itself),
        _ => match known(original) {
            Some((first, second)) => {
                let kind = match original {
                    '€' | '¢' => Kind::Symbol,
                    _ if original.is_alphanumeric() || !first.is_ascii_alphanumeric() => Kind::Alike,
                    _ if is_squared(original) => Kind::Alike,
                    _ => Kind::Inside,
                };
                Look { first: class(first), second: second.map(class), kind }
            }
            None => itself(Kind::Itself),
        },
    }
}

/// Letters and what is typed for them are one: to tell `mail` from `mall` is for who compares the characters themselves.
fn class(c: char) -> char {
    match c.to_ascii_lowercase() {
        'l' | '1' | '|' | '!' => 'i',
        '0' => 'o',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// One character, or the two of a ligature.
type Pair = (char, Option<char>);

/// [`passes_for`], remembered for the alphabets that texts are mostly written in: Latin, Greek, Cyrillic, Armenian, Hebrew.
fn known(c: char) -> Option<Pair> {
    static KNOWN: LazyLock<Vec<Option<Pair>>> = LazyLock::new(|| ('\0'..'\u{600}').map(passes_for).collect());
    KNOWN.get(c as usize).copied().unwrap_or_else(|| passes_for(c))
}

/// The ASCII characters that something else looks like.
fn passes_for(c: char) -> Option<Pair> {
    if is_squared(c) {
        let letter = (u32::from(c) - 0x1F150) % 32;
        return u8::try_from(letter).ok().map(|letter| ((b'a' + letter).into(), None));
    }
    if c.is_numeric()
        || matches!(c.script(), Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul)
    {
        return None;
    }
    if let Some(letter) = more(c) {
        return Some((letter, None));
    }
    let mut buffer = [0; 4];
    let mut looks = skeleton(c.encode_utf8(&mut buffer)).filter(|c| !joins(*c));
    let (first, second, third) = (looks.next()?, looks.next(), looks.next());
    match (first, second, third) {
        (_, _, Some(_)) => None,
        // how the table writes everything that looks like m
        ('r', Some('n'), _) => Some(('m', None)),
        (_, Some(second), _) => {
            let is_ligature =
                c.script() == Script::Latin && first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
            is_ligature.then_some((first, Some(second)))
        }
        _ if first.is_ascii() => {
            let is_letter_for_letter = first.is_ascii_alphabetic() || matches!(first, '0' | '1');
            (!c.is_alphabetic() || is_letter_for_letter).then_some((first, None))
        }
        _ => more(first).map(|letter| (letter, None)),
    }
}

/// What [`MORE`] knows.
fn more(sought: char) -> Option<char> {
    let mut pairs = MORE.chars();
    while let (Some(known), Some(letter)) = (pairs.next(), pairs.next()) {
        if known == sought {
            return Some(letter);
        }
    }
    None
}

/// White letters on black discs and squares, which Unicode does not take apart.
fn is_squared(c: char) -> bool {
    matches!(c, '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}')
}

/// A Latin letter that living alphabets have beside the ASCII ones: a way of spelling, and a disguise at most among
/// people who do not have it.
pub(super) fn is_usual(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{17F}' | '\u{1A0}' | '\u{1A1}' | '\u{1AF}' | '\u{1B0}' | '\u{1CD}'..='\u{1DC}'
        | '\u{218}'..='\u{21B}' | '\u{1E00}'..='\u{1EFF}')
}

/// A letter beyond ASCII that is known for one without a search: Latin, and Cyrillic from U+0400.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}')
}

/// Where a character stands as to the edges of words.
pub(super) fn side(c: char) -> Side {
    const SPACELESS: [Script; 11] = [
        Script::Han,
        Script::Hiragana,
        Script::Katakana,
        Script::Thai,
        Script::Lao,
        Script::Khmer,
        Script::Myanmar,
        Script::Tai_Le,
        Script::New_Tai_Lue,
        Script::Tai_Tham,
        Script::Tai_Viet,
    ];
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Side::Word } else { Side::Outside };
    }
    if is_letter(c) {
        return Side::Word;
    }
    if joins(c) {
        return Side::Joined;
    }
    if !c.is_alphanumeric() && !is_squared(c) {
        return Side::Outside;
    }
    let scripts = c.script_extension();
    let is_of = |script: &Script| scripts.contains_script(*script);
    let is_spaceless = !scripts.is_common() && !scripts.is_inherited() && SPACELESS.iter().any(is_of);
    if is_spaceless { Side::Spaceless } else { Side::Word }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("АВСЕНІЈКМОРЅТХУ", "abcehijkmopstxy")]
    #[case("асеіјорѕухԁһвнкмтг", "aceijopsyxdhbhkmtr")]
    #[case("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")]
    #[case("αοριντκ", "aopivtk")]
    #[case("ᴠɪᴀɢʀᴀ", "viagra")]
    #[case("🅥🅘🅐🅶🆁🅰", "viagra")]
    #[case("øłđıħ", "oidih")]
    #[case("ɑɡ", "ag")]
    fn letters_pass_for_others(#[case] typed: &str, #[case] expected: &str) {
        let looks: String = typed.chars().map(|c| look(c, c).first).collect();
        assert_eq!(looks, expected.replace('l', "i"));
        assert!(typed.chars().all(|c| look(c, c).kind == Kind::Alike));
    }

    #[rstest]
    #[case('m')]
    #[case('д')]
    #[case('漢')]
    #[case('カ')]
    #[case('ᄋ')]
    #[case('٥')]
    #[case('З')]
    #[case('…')]
    fn others_do_not(#[case] c: char) {
        assert_eq!(look(c, c), Look { first: c, second: None, kind: Kind::Itself });
    }

    #[test]
    fn ligatures_are_two_letters_and_m_is_one() {
        assert_eq!((look('æ', 'æ').first, look('æ', 'æ').second), ('a', Some('e')));
        assert_eq!((look('м', 'м').first, look('м', 'м').second), ('m', None));
        assert_eq!((look('ՠ', 'ՠ').first, look('ՠ', 'ՠ').second), ('m', None));
    }

    #[test]
    fn letters_that_are_known_are_letters_of_their_script() {
        for c in ('\u{80}'..='\u{FFFF}').filter(|c| is_letter(*c)) {
            let script = if c < '\u{400}' { Script::Latin } else { Script::Cyrillic };
            assert!(c.is_alphabetic() && c.script() == script && !joins(c), "{c:?}");
        }
    }

    #[rstest]
    #[case('a', Side::Word)]
    #[case('7', Side::Word)]
    #[case('ж', Side::Word)]
    #[case('한', Side::Word)]
    #[case('漢', Side::Spaceless)]
    #[case('ー', Side::Spaceless)]
    #[case('ไ', Side::Spaceless)]
    #[case('ັ', Side::Joined)]
    #[case('\u{301}', Side::Joined)]
    #[case('्', Side::Joined)]
    #[case('_', Side::Outside)]
    #[case('’', Side::Outside)]
    #[case('👍', Side::Outside)]
    fn sides(#[case] c: char, #[case] expected: Side) {
        assert_eq!(side(c), expected);
    }
}
