//! What is found and what is taken for something else, measured with texts of real people. The table of
//! `docs/screening.md`:
//!
//! ```sh
//! cargo test --release --lib screen::likeness -- --nocapture
//! ```

use std::collections::HashSet;

use proptest::prelude::*;
use rstest::rstest;

use super::{words::mix, *};
use crate::domain::corpora;

const SECRET: u64 = 0x5eed;
/// Texts that are varied.
const TEXTS: usize = 500;
/// Characters that a text has at least.
const CHARS: usize = 80;

/// The ways in which campaigns vary their texts.
type Way = (&'static str, fn(&str, &mut Chance, &[String]) -> String);
const WAYS: [Way; 10] = [
    ("case", |text, chance, _| {
        text.chars()
            .map(|c| if chance.below(2) == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect()
    }),
    ("punctuation", |text, chance, _| {
        let kept: String = text.chars().filter(|c| !",.;:!?\"'()-".contains(*c)).collect();
        each_word(&kept, |word| if chance.below(5) == 0 { format!("{word}!!") } else { word.to_owned() })
    }),
    ("a word replaced", |text, chance, others| {
        edited(text, chance, |words, at| words[at] = others[0].clone())
    }),
    ("a word added", |text, chance, others| {
        edited(text, chance, |words, at| words.insert(at, others[0].clone()))
    }),
    ("a word left out", |text, chance, _| edited(text, chance, |words, at| drop(words.remove(at)))),
    ("a link added", |text, chance, _| {
        edited(text, chance, |words, at| words.insert(at, "https://cheap-pills.example/buy?id=77".to_owned()))
    }),
    ("another link", |text, chance, _| {
        let link = format!("http://www.offer{}.example/now", chance.below(90));
        let changed =
            each_word(text, |word| if word.contains("://") { link.clone() } else { word.to_owned() });
        if changed.contains(&link) { changed } else { format!("{changed} {link}") }
    }),
    ("look-alike letters", |text, chance, _| {
        text.chars().map(|c| if chance.below(3) == 0 { look_alike(c) } else { c }).collect()
    }),
    ("zero-width characters", |text, chance, _| {
        text.chars().flat_map(|c| [Some(c), (chance.below(4) == 0).then_some('\u{200B}')]).flatten().collect()
    }),
    ("spacing", |text, chance, _| {
        let spelt = edited(text, chance, |words, at| {
            words[at] = words[at].chars().map(String::from).collect::<Vec<_>>().join(" ");
        });
        each_word(
            &spelt,
            |word| if chance.below(3) == 0 { format!("{word}\u{A0} ") } else { word.to_owned() },
        )
    }),
];

/// The same numbers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 += 1;
        usize::try_from(mix(self.0) >> 40).unwrap() % limit
    }
}

fn each_word(text: &str, change: impl FnMut(&str) -> String) -> String {
    text.split_whitespace().map(change).collect::<Vec<_>>().join(" ")
}

fn edited(text: &str, chance: &mut Chance, edit: impl Fn(&mut Vec<String>, usize)) -> String {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let at = chance.below(words.len());
    edit(&mut words, at);
    words.join(" ")
}

fn look_alike(c: char) -> char {
    match c {
        'a' => 'а',
        'A' => 'Α',
        'B' => 'В',
        'c' => 'с',
        'e' => 'е',
        'H' => 'Н',
        'i' => '1',
        'l' => 'I',
        'k' => 'ｋ',
        'o' => '0',
        'p' => 'р',
        's' => '𝐬',
        't' => '7',
        'u' => 'ü',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

/// Comments of both corpora.
fn originals() -> Vec<String> {
    let mut texts = corpora::members("fox-news-comments/comments.jsonl", "text");
    texts.extend(contents(&corpora::text("youtube-spam/comments.csv").unwrap_or_default()));
    texts.retain(|text| text.chars().count() >= CHARS);
    // every third or so, of all of both
    texts.sort_by_key(|text| text.bytes().fold(7, |hash, byte| mix(hash ^ u64::from(byte))));
    let mut taken: Vec<HashSet<String>> = Vec::new();
    texts.retain(|text| {
        if taken.len() == TEXTS {
            return false;
        }
        // what people copied from each other in earnest is no example of what differs
        let triples = triples(text);
        let is_other = taken.iter().all(|other| {
            let both = triples.intersection(other).count();
            both * 5 <= triples.len() + other.len() - both
        });
        if is_other {
            taken.push(triples);
        }
        is_other
    });
    texts
}

/// By other means than those that are tested: what three words follow each other.
fn triples(text: &str) -> HashSet<String> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    words.windows(3).map(|three| three.join(" ")).collect()
}

/// The last column of a file of comma-separated values, in which quotation marks are doubled.
fn contents(csv: &str) -> Vec<String> {
    let (mut rows, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in csv.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => field.clear(),
            '\n' if !is_quoted => rows.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    rows
}

fn shares(one: &Likeness, other: &Likeness) -> bool {
    one.bands.iter().zip(&other.bands).any(|(one, other)| one == other)
}

#[test]
fn variants_are_found_and_others_are_not() {
    let texts = originals();
    if texts.is_empty() {
        return;
    }
    assert_eq!(texts.len(), TEXTS);
    let vocabulary: Vec<String> =
        texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    let mut chance = Chance(0);
    let of = |text: &str| Likeness::of(text, SECRET);
    let known: Vec<Option<Likeness>> = texts.iter().map(|text| of(text)).collect();
    // for each way how many agree in so many bits, and the same of what has nothing to do with each other
    let mut found = [[0_u32; 65]; WAYS.len()];
    let (mut false_ones, mut by_sketch, mut candidates, mut pairs) = ([0_u32; 65], [0_u32; 65], 0, 0);
    for (number, text) in texts.iter().enumerate() {
        for ((_, vary), found) in WAYS.iter().zip(&mut found) {
            let other = vocabulary[chance.below(vocabulary.len())].clone();
            let Some(variant) = of(&vary(text, &mut chance, &[other])) else { continue };
            for (other, original) in known.iter().enumerate() {
                pairs += u32::from(other != number);
                let Some(original) = original else { continue };
                let bits = alike(variant.sketch, original.sketch);
                let up_to = 0..=usize::try_from(bits).unwrap();
                if other != number {
                    by_sketch[up_to.clone()].iter_mut().for_each(|count| *count += 1);
                }
                if !shares(&variant, original) {
                    continue;
                }
                let counts = if other == number { &mut *found } else { &mut false_ones };
                candidates += u32::from(other != number);
                counts[up_to].iter_mut().for_each(|count| *count += 1);
            }
        }
    }
    let share = |count: u32, of: u32| f64::from(count) * 100.0 / f64::from(of);
    let variants = u32::try_from(TEXTS * WAYS.len()).unwrap();
    let each = u32::try_from(TEXTS).unwrap();
    println!("| bits of 64 | found | false pairs | false, by the sketch alone |\n|---|---|---|---|");
    for bits in (36..=64).step_by(4) {
        let all: u32 = found.iter().map(|counts| counts[bits]).sum();
        let (by_both, alone) = (share(false_ones[bits], pairs), share(by_sketch[bits], pairs));
        println!("| {bits} | {:.1} % | {by_both:.5} % | {alone:.5} % |", share(all, variants));
    }
    println!(
        "{pairs} false pairs are possible; {candidates} of them share a band\n\n| varied by | found |\n|---|---|"
    );
    let near = usize::try_from(NEAR).unwrap();
    for ((name, _), counts) in WAYS.iter().zip(&found) {
        println!("| {name} | {:.1} % |", share(counts[near], each));
        assert!(share(counts[near], each) >= 90.0, "{name}");
    }
    let all: u32 = found.iter().map(|counts| counts[near]).sum();
    assert!(share(all, variants) >= 95.0, "{}", share(all, variants));
    assert!(share(false_ones[near], pairs) <= 0.1, "{}", share(false_ones[near], pairs));
}

const SAMPLE: &str = "The old bridge should be open again before the winter comes, says the mayor, who has not asked \
                      anybody that lives on the other side.";

#[rstest]
#[case::as_it_is(SAMPLE)]
#[case::in_capitals(&SAMPLE.to_uppercase())]
#[case::with_a_link(&format!("{SAMPLE} www.example.com/bridge, bridge.example http://x.example"))]
#[case::spelt(&SAMPLE.replace("bridge", "b.r.i.d.g.e").replace("winter", "w i n t e r"))]
#[case::with_digits(&SAMPLE.replace("bridge", "br1dg3").replace("other", "0th3r"))]
#[case::in_the_letters_of_others(&SAMPLE.replace('o', "о").replace('a', "ａ").replace("winter", "wínter"))]
#[case::with_what_shows_nothing(&SAMPLE.replace("br", "b\u{200D}r").replace("op", "o\u{AD}p\u{FE0F}"))]
#[case::with_marks(&SAMPLE.replace('e', "e\u{336}"))]
#[case::with_two_letters_for_one(&SAMPLE.replace('m', "rn").replace('w', "vv"))]
fn readers_call_it_the_same(#[case] text: &str) {
    assert_eq!(Likeness::of(text, SECRET), Likeness::of(SAMPLE, SECRET), "{text}");
    assert!(Likeness::of(text, SECRET).is_some());
}

#[rstest]
#[case::short_praise("Well said! Thank you so much.")]
#[case::few_letters("a b c d e f g h i k l m n o p")]
#[case::nothing("")]
#[case::smiles(
    "😀 😃 😄 😁 😆 😅 😂 🤣 😊 😇 🙂 🙃 😉 😌 😍 🥰 😘 😗 😙 😚 😋 😛 😝 😜 🤪 🤨 🧐 🤓 😎 🤩 🥳 😏 😒 😞 😔 😟 😕 🙁 😣 😖"
)]
#[case::one_long_word(&"x".repeat(10_000))]
fn what_many_say_is_like_nothing(#[case] text: &str) {
    assert_eq!(Likeness::of(text, SECRET), None);
}

#[test]
fn scripts_without_spaces_are_compared_too() {
    let text = "我们的城市需要一座新的桥,因为旧桥在冬天之前不能重新开放,市长说他没有问过住在河对岸的任何人,这让很多居民感到失望和愤怒,他们要求召开会议。";
    let of = |text: &str| Likeness::of(text, SECRET).unwrap();
    let varied = of(&text.replace("冬天", "春天"));
    let another = of(
        "今天的足球比赛非常精彩,主队在最后一分钟进球获胜,球迷们在街上庆祝到深夜,警察表示没有发生任何严重的事件,大家都很高兴也很安全地回家。",
    );
    assert!(shares(&of(text), &varied) && alike(of(text).sketch, varied.sketch) >= NEAR);
    assert!(!shares(&of(text), &another) && alike(of(text).sketch, another.sketch) < 44);
}

#[test]
fn little_more_than_a_link_is_known_by_it() {
    let text =
        "Watch it here http://video.example.com/clips/of/the/year/funny-cats-compilation-2013/7751 now";
    let of = |text: &str| Likeness::of(text, SECRET).unwrap();
    assert_eq!(of(text), of(&text.to_uppercase()));
    assert!(!shares(
        &of(text),
        &of("Read this http://petitions.example.org/save-our-old-library-today?ref=mail&user=9 please")
    ));
}

#[test]
fn another_secret_makes_other_numbers() {
    let (one, other) = (Likeness::of(SAMPLE, 1).unwrap(), Likeness::of(SAMPLE, 2).unwrap());
    assert!(!shares(&one, &other) && alike(one.sketch, other.sketch) < 48);
}

proptest! {
    #[test]
    fn any_text_is_read_and_the_same_one_is_alike(text in "\\PC{0,400}") {
        let (one, other) = (Likeness::of(&text, SECRET), Likeness::of(&text, SECRET));
        prop_assert_eq!(one, other);
    }
}
