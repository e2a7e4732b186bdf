use std::{collections::HashSet, sync::LazyLock};

use proptest::{prelude::*, sample::select};
use rstest::rstest;
use unicode_security::confusable_detection::skeleton;

use super::*;
use crate::domain::corpora;

fn lists(hold: &[&str], spam: &[&str]) -> WordLists {
    let list = |terms: &[&str]| TermList::parse(terms.iter().copied()).unwrap();
    let (hold, spam) = (list(hold), list(spam));
    WordLists::compile([(List::Hold, &hold), (List::Spam, &spam)]).unwrap()
}

/// What was found, as it stands in the text: after a `~` when it was in disguise.
fn found(term: &str, text: &str) -> Option<String> {
    let lists = lists(&[term], &[]);
    let hits = lists.find(&Legible::new(text));
    assert!(hits.len() <= 1);
    hits.first().map(|hit| {
        let stretch: String = text.chars().skip(hit.start).take(hit.length).collect();
        if hit.disguised { format!("~{stretch}") } else { stretch }
    })
}

/// A term stands for whole words, and a `*` opens an end.
#[rstest]
#[case("viagra", "Buy Viagra now", Some("Viagra"))]
#[case("viagra", "viagras", None)]
#[case("viagra", "myviagra", None)]
#[case("viagra", "viagra2", None)]
#[case("viagra", "viagra's price, ‘viagra’", Some("viagra"))]
#[case("viagra", "viagra’s", Some("viagra"))]
#[case("viagra", "buy_viagra_now", Some("viagra"))]
#[case("viagra", "viagra", Some("viagra"))]
#[case("*viagra*", "superviagras", Some("viagra"))]
#[case("cas*", "my casino", Some("cas"))]
#[case("cas*", "Picasso", None)]
#[case("*shop", "at the coffeeshop!", Some("shop"))]
#[case("*shop", "shopping", None)]
#[case("buy now", "BUY\n \t now!", Some("BUY\n \t now"))]
#[case("buy  now", "buy now", Some("buy now"))]
#[case("buy now", "buynow", None)]
#[case("don't", "I don’t", Some("don’t"))]
#[case("well-known", "a well–known", Some("well–known"))]
fn whole_words(#[case] term: &str, #[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(found(term, text).as_deref(), expected);
}

/// Words that contain others (the town of Scunthorpe could not register).
#[rstest]
#[case("cunt", "Scunthorpe")]
#[case("ass", "classic bass, a passage, an assassin, the class of Assisi")]
#[case("cock", "cocktails in Hancock, peacock")]
#[case("tit", "titles, a constitution, Titus")]
#[case("sex", "Essex, Sussex and sextants")]
#[case("cialis", "specialist, socialism")]
#[case("rape", "grapes, drapes, a therapeutic scraper")]
#[case("hell", "Hello, shell, Michelle")]
#[case("anal", "an analysis of canals")]
#[case("cum", "Cumbria, documents, cumulative")]
#[case("nazi", "Ashkenazi")]
#[case("spic", "suspicious, spicy")]
#[case("penis", "Penistone")]
#[case("arse", "Arsenal, parsers, coarse")]
fn words_that_contain_others(#[case] term: &str, #[case] text: &str) {
    assert_eq!(found(term, text), None);
    assert!(found(&format!("*{term}*"), text).is_some());
}

/// An end that is no letter needs no edge.
#[rstest]
#[case("bit.ly/", "see bit.ly/abc", Some("bit.ly/"))]
#[case("bit.ly/", "https://bit.ly/abc", Some("bit.ly/"))]
#[case("bit.ly/", "rabbit.ly/abc", None)]
#[case("c++", "C++11 and C", Some("C++"))]
#[case("c++", "abc++", None)]
#[case("http://", "see http://example.com", Some("http://"))]
#[case("$$$", "make $$$$ fast", Some("$$$"))]
#[case("$$$", "make$$$fast", Some("$$$"))]
#[case("$$$", "sss $ss s$$", None)]
#[case("👍", "so👍good", Some("👍"))]
#[case("f*ck", "f*ck it", Some("f*ck"))]
#[case("100%", "it is 100% free", Some("100%"))]
#[case(":-)", "yes :–) no", Some(":–)"))]
fn terms_of_other_characters(#[case] term: &str, #[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(found(term, text).as_deref(), expected);
}

/// Case, compatibility forms and what shows nothing are no disguise: readers see the word.
#[rstest]
#[case("straße", "Die STRASSE", Some("STRASSE"))]
#[case("STRAẞE", "straße", Some("straße"))]
#[case("дурак", "Ты ДУРАК!", Some("ДУРАК"))]
#[case("ЇЖАК", "їжак", Some("їжак"))]
#[case("μαλάκας", "ΜΑΛΆΚΑΣ", Some("ΜΑΛΆΚΑΣ"))]
#[case("ΣΟΦΌΣ", "σοφός", Some("σοφός"))]
#[case("İstanbul", "İSTANBUL", Some("İSTANBUL"))]
#[case("istanbul", "İstanbul'da", Some("İstanbul"))]
#[case("İSTANBUL", "istanbul", Some("istanbul"))]
#[case("ısı", "ISI", Some("ISI"))]
#[case("ısı", "ısı", Some("ısı"))]
#[case("viagra", "ＶＩＡＧＲＡ", Some("ＶＩＡＧＲＡ"))]
#[case("viagra", "𝓿𝓲𝓪𝓰𝓻𝓪", Some("𝓿𝓲𝓪𝓰𝓻𝓪"))]
#[case("viagra", "ⓥⓘⓐⓖⓡⓐ", Some("ⓥⓘⓐⓖⓡⓐ"))]
#[case(
    "viagra",
    "a v\u{200B}i\u{AD}a\u{FE0F}g\u{E0061}r\u{2060}a\u{200D}!",
    Some("v\u{200B}i\u{AD}a\u{FE0F}g\u{E0061}r\u{2060}a")
)]
#[case("buy now", "buy\u{2800}now", Some("buy\u{2800}now"))]
#[case("café", "CAFE\u{301}", Some("CAFE\u{301}"))]
#[case("cafe", "café", Some("~café"))]
#[case("fine", "ﬁne", Some("ﬁne"))]
fn the_same_to_readers(#[case] term: &str, #[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(found(term, text).as_deref(), expected);
}

/// Scripts without spaces have no edges; others have, and syllables are not cut.
#[rstest]
#[case("赌博", "网上赌博网站", Some("赌博"))]
#[case("バカ", "このバカー", Some("バカ"))]
#[case("カ", "ガ", None)]
#[case("หวย", "ซื้อหวยออนไลน์", Some("หวย"))]
#[case("viagra", "买viagra吧", Some("viagra"))]
#[case("바보", "너 바보!", Some("바보"))]
#[case("바보", "바보야", None)]
#[case("바보*", "바보야", Some("바보"))]
#[case("가*", "각", None)]
#[case("गधा", "तू गधा है", Some("गधा"))]
#[case("गध*", "गधा", None)]
#[case("חרא", "זה חרא!", Some("חרא"))]
#[case("كلب", "يا كلب", Some("كلب"))]
fn scripts(#[case] term: &str, #[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(found(term, text).as_deref(), expected);
}

#[rstest]
#[case::cyrillic("viagra", "Buy vіаgrа now", Some("~vіаgrа"))]
#[case::all_of_it("copy", "please сору this", Some("~сору"))]
#[case::capitals("buy", "ВUY it", Some("~ВUY"))]
#[case::all_capitals("boom", "It went ВООМ yesterday", Some("~ВООМ"))]
#[case::greek("viagra", "νιαgrα for you", Some("~νιαgrα"))]
#[case::small_letters("market", "the mаrкет", Some("~mаrкет"))]
#[case::small_capitals("viagra", "ᴠɪᴀɢʀᴀ", Some("~ᴠɪᴀɢʀᴀ"))]
#[case::squares("viagra", "🅥🅘🅐🅖🅡🅐", Some("~🅥🅘🅐🅖🅡🅐"))]
#[case::overlays("viagra", "v̷i̷a̷g̷r̷a̷!", Some("~v̷i̷a̷g̷r̷a̷"))]
#[case::zalgo("viagra", "vi\u{30D}\u{33F}\u{311}agra", Some("~vi\u{30D}\u{33F}\u{311}agra"))]
#[case::an_accent("viagra", "Buy viágra now", Some("~viágra"))]
#[case::strokes("boat", "a bøat", Some("~bøat"))]
#[case::digits("viagra", "v1agra and V14GR4", Some("~v1agra"))]
#[case::half_digits("viagra", "V14GR4", Some("~V14GR4"))]
#[case::symbols("shit", "sh!t", Some("~sh!t"))]
#[case::symbols_at_the_end("ass", "what an a$$!", Some("~a$$"))]
#[case::symbols_at_the_beginning("ass", "what an @ss!", Some("~@ss"))]
#[case::with_invisible_ones("viagra", "v\u{200B}іagra", Some("~v\u{200B}іagra"))]
#[case::beside_an_exclamation_mark("viagra", "vіagra!", Some("~vіagra"))]
#[case::within_a_word("viagra", "supervіagra", None)]
#[case::in_an_open_term("*viagra*", "supervіagras", Some("~vіagra"))]
#[case::a_latin_letter_in_a_cyrillic_word("дурак", "ты дуpaк", Some("~дуpaк"))]
#[case::latin_letters_in_a_cyrillic_text("сука", "ты просто cyka, понял", Some("~cyka"))]
#[case::latin_letters_in_a_latin_text("сука", "you are just cyka, mate", None)]
#[case::a_latin_capital_in_a_cyrillic_word("говно", "ГOВНO", Some("~ГOВНO"))]
#[case::one_that_looks_so_as_a_capital_only("hello", "Ηello", Some("~Ηello"))]
#[case::separators("bit.ly/", "bit․ly∕x", Some("~bit․ly∕"))]
fn disguises(#[case] term: &str, #[case] text: &str, #[case] expected: Option<&str>) {
    assert_eq!(found(term, text).as_deref(), expected);
}

#[rstest]
#[case::mail_is_not_mall("mail", "the mall, MALL, malI")]
#[case::mall_is_not_mail("mall", "a mail")]
#[case::not_even_in_a_mixed_word("mall", "my mаil")]
#[case::burn_is_not_bum("bum", "burn the bum*")]
#[case::corn_is_not_com("com", "corn")]
#[case::com_is_not_corn("corn", "com")]
#[case::zero_is_not_o("oo7", "007 oo")]
#[case::ill_is_not_one_hundred_and_eleven("ill", "111 and |||")]
#[case::russian_is_russian("cop", "Какой сор в углу")]
#[case::and_so_are_single_words("pot", "Рот")]
#[case::and_other_words_beside_it("cop", "Apple объявила, что сор убран")]
#[case::greek_is_greek("via", "Η νια του χωριού")]
#[case::ukrainian_is_ukrainian("cop", "Який сор у хаті")]
#[case::spanish_is_spanish("ano", "Feliz año, señor")]
#[case::german_is_german("schwul", "Für diese Zeit ist es schwül")]
#[case::french_is_french("peche", "Une pêche à la ligne, c’est péché")]
#[case::turkish_is_turkish("sik", "çok sık ağlıyor")]
#[case::polish_is_polish("byl", "że był źle")]
#[case::vietnamese_is_vietnamese("dam", "Tiếng Việt đậm đà")]
#[case::russian_letters_are_not_others("мои", "Это мой дом")]
#[case::paper("as", "A4, A5 and a5")]
#[case::models("ass", "the a55 in 455 shops")]
#[case::paper_again("aa", "A4")]
#[case::english_in_a_russian_text("mall", "я купил это в mail и hall")]
#[case::an_exclamation_mark("ball", "what a bal!")]
#[case::hindi("iii", "राम।।। iा")]
#[case::korean("oo", "한글 오오 ㅇㅇ")]
fn words_that_only_look_like_others(#[case] term: &str, #[case] text: &str) {
    let own = found(term, text).filter(|found| found.starts_with('~'));
    assert_eq!(own, None);
    assert!(term == "bum" || found(term, text).is_none());
}

#[test]
fn all_terms_are_found_where_they_are_first() {
    let lists = lists(&["bush", "*us*", "fire", "bush fire", "nothing"], &["Fire", "*ire*"]);
    let hits = lists.find(&Legible::new("A bush fire, a bush fire; and Bush."));
    let told: Vec<_> = hits.iter().map(|hit| (hit.list, hit.term, hit.start, hit.length)).collect();
    assert_eq!(
        told,
        [
            (List::Hold, "bush", 2, 4),
            (List::Hold, "bush fire", 2, 9),
            (List::Hold, "*us*", 3, 2),
            (List::Hold, "fire", 7, 4),
            (List::Spam, "Fire", 7, 4),
            (List::Spam, "*ire*", 8, 3),
        ]
    );
}

#[test]
fn the_first_place_counts_disguised_or_not() {
    let lists = lists(&["viagra"], &[]);
    let hit = |text: &str| {
        let hits = lists.find(&Legible::new(text));
        (hits.len(), hits[0].start, hits[0].disguised)
    };
    assert_eq!(hit("vіagra and viagra"), (1, 0, true));
    assert_eq!(hit("viagra and vіagra"), (1, 0, false));
}

#[test]
fn hits_are_bounded_and_the_first_of_each_list_is_told() {
    let words: Vec<String> = (0..100).map(|n| format!("w{n}x")).collect();
    let hold: Vec<&str> = words.iter().map(String::as_str).collect();
    let lists = lists(&hold, &["last", "later"]);
    let text = format!("{} v1a gr4 last later", words.join(" "));
    let hits = lists.find(&Legible::new(&text));
    assert_eq!(hits.len(), HITS);
    assert_eq!((hits[0].term, hits[18].term, hits[19].term), ("w0x", "w18x", "last"));
}

#[test]
fn no_terms_find_nothing() {
    assert_eq!(WordLists::default().find(&Legible::new("text")), []);
    assert_eq!(lists(&[], &[]).find(&Legible::new("")), []);
}

/// Every single character that looks like an ASCII letter by Unicode's table, is no letter of a spaceless script, and is
/// not another letter by its own decomposition, as the long s is.
static LOOK_ALIKES: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let looks = |c: char| -> Option<(char, char)> {
        let mut looks = skeleton(c.encode_utf8(&mut [0; 4])).collect::<Vec<_>>().into_iter();
        let (first, second) = (looks.next()?, looks.next());
        let is_one = second.is_none() && first.is_ascii_alphabetic();
        let is_letter = c.is_alphabetic() && side(c) == Side::Word;
        let is_jamo =
            matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{FFA0}'..='\u{FFDC}');
        let even = evened(&c.to_string())[0].c;
        let is_another = matches!(c, 'ϲ' | 'Ϲ') || (even.is_ascii() && !even.eq_ignore_ascii_case(&first));
        (is_one && is_letter && !is_jamo && !is_another && !c.is_ascii())
            .then(|| (c, first.to_ascii_lowercase()))
    };
    ('\u{80}'..='\u{1FFFF}').filter_map(looks).collect()
});

#[test]
fn the_table_of_look_alikes_is_undone() {
    assert!(LOOK_ALIKES.len() > 1000, "{}", LOOK_ALIKES.len());
    let mut missed = Vec::new();
    for (c, letter) in LOOK_ALIKES.iter().copied() {
        let term = format!("sp{letter}m");
        // in the middle of a word that is Latin else; l may be i as well
        let words = [format!("sp{c}m"), format!("please sp{c}m me")];
        let terms = [term, "spim".to_owned()];
        let is_found = words.iter().all(|word| terms.iter().any(|term| found(term, word).is_some()));
        if !is_found {
            missed.push((c, letter));
        }
    }
    assert_eq!(missed, []);
}

fn invisible() -> impl Strategy<Value = char> {
    select(vec![
        '\u{200B}',
        '\u{200D}',
        '\u{AD}',
        '\u{2060}',
        '\u{FEFF}',
        '\u{FE0F}',
        '\u{202E}',
        '\u{E0020}',
    ])
}

/// A word of 4 letters and more as somebody writes it who hides it: with what shows nothing between, in any case, and with
/// look-alikes.
fn hidden(word: &str, choices: &[(usize, bool, Option<char>)]) -> String {
    let mut written = String::new();
    for (at, letter) in word.chars().enumerate() {
        let (choice, is_upper, between) = choices[at % choices.len()];
        let alike: Vec<char> =
            LOOK_ALIKES.iter().filter(|(_, looks)| *looks == letter).map(|(c, _)| *c).collect();
        match alike.get(choice % (alike.len() * 2 + 1)) {
            Some(c) => written.push(*c),
            None if is_upper => written.push(letter.to_ascii_uppercase()),
            None => written.push(letter),
        }
        if at + 1 < word.len() {
            written.extend(between);
        }
    }
    written
}

proptest! {
    /// Between any texts, in any case, with what shows nothing between its letters.
    #[test]
    fn what_is_inserted_is_found_in_its_place(
        before in "\\PC{0,40}",
        after in "\\PC{0,40}",
        word in "[b-hj-km-z]{12}",
        choices in prop::collection::vec((any::<usize>(), any::<bool>(), prop::option::of(invisible())), 1..8),
    ) {
        let written: String = hidden(&word, &choices.iter().map(|(_, upper, between)| (usize::MAX, *upper, *between)).collect::<Vec<_>>());
        let text = format!("{before} {written} {after}");
        let lists = lists(&[&word], &[]);
        let hits = lists.find(&Legible::new(&text));
        prop_assert_eq!(hits.len(), 1, "{:?}", text);
        prop_assert_eq!((hits[0].start, hits[0].length), (before.chars().count() + 1, written.chars().count()));
    }

    /// The same with letters that look like its own, in a text of Latin words.
    #[test]
    fn what_is_disguised_is_found_in_its_place(
        before in "[a-z ]{0,40}",
        after in "[a-z .,]{0,40}",
        word in "[a-z]{4,12}",
        choices in prop::collection::vec((any::<usize>(), any::<bool>(), prop::option::of(invisible())), 1..8),
    ) {
        let written = hidden(&word, &choices);
        let text = format!("latin {before} {written} {after}");
        prop_assume!(!before.contains(&word));
        let lists = lists(&[&word], &[]);
        let hits = lists.find(&Legible::new(&text));
        prop_assert_eq!(hits.len(), 1, "{:?}", text);
        prop_assert_eq!((hits[0].start, hits[0].length), (before.chars().count() + 7, written.chars().count()));
    }

    /// The letters of ASCII texts are never taken for each other: a search by hand finds the same.
    #[test]
    fn nothing_else_is_found(text in "[ilomrnca .]{0,60}", word in "[ilomrnca]{1,3}") {
        let is_there = text.split([' ', '.']).any(|other| other == word);
        prop_assert_eq!(found(&word, &text), is_there.then_some(word));
    }

    #[test]
    fn no_text_and_no_term_breaks_it(text in any::<String>(), term in any::<String>(), other in "\\PC{1,3}") {
        let terms = [term.as_str(), other.as_str(), "*a*", "l"];
        let terms: Vec<&str> = terms.into_iter().filter(|term| Term::parse(term).is_ok()).collect();
        let lists = lists(&terms, &terms);
        let length = text.chars().count();
        for hit in lists.find(&Legible::new(&text)) {
            prop_assert!(hit.length > 0 && hit.start + hit.length <= length);
        }
    }

    /// A term that is the whole text is found, whatever it is.
    #[test]
    fn every_term_finds_itself(term in "\\PC{1,12}") {
        if Term::parse(&term).is_ok_and(|term| !term.as_str().contains('*')) {
            prop_assert!(found(&term, &term).is_some());
        }
    }
}

/// Eight times the text takes eight times the steps: nothing of what attackers repeat makes a search start again.
#[rstest]
#[case("a")]
#[case("[")]
#[case("@")]
#[case("http://")]
#[case("\u{301}")]
#[case("e\u{336}\u{301}")]
#[case("\u{301}\u{327}\u{336}")]
#[case("v1")]
#[case("vі")]
#[case("l!|")]
#[case(" ")]
#[case("\u{200B}")]
#[case("한")]
#[case("﷽")]
fn cost_grows_with_length(#[case] piece: &str) {
    let words: Vec<String> = (1..=40).map(|n| piece.repeat(n)).collect();
    let open: Vec<String> = words.iter().map(|word| format!("*{word}*")).collect();
    let terms: Vec<&str> = words.iter().chain(&open).map(String::as_str).collect();
    let terms: Vec<&str> = terms.into_iter().filter(|term| Term::parse(term).is_ok()).collect();
    let lists = lists(&terms, &["a", "*l*", "vi", "vii", "aaa"]);
    let cost = |count: usize| {
        let text = Legible::new(&piece.repeat(count));
        let mut steps = Steps::default();
        lists.look(&text, &mut steps);
        let view = text.disguised.as_ref().map_or(0, |view| view.units.len());
        steps.candidates + steps.compared + text.plain.text.len() + view
    };
    let (once, eight) = (cost(1000), cost(8000));
    assert!(eight <= once * 9, "{once} and {eight}");
}

fn words_of(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect()
}

/// Of real comments: every one that has a long word of ASCII letters gets it back in disguise.
#[test]
fn words_of_real_comments_are_found_in_disguise() {
    let mut comments = corpora::members("fox-news-comments/comments.jsonl", "text");
    comments.extend(corpora::lines("youtube-spam/comments.csv"));
    let (mut tried, mut missed) = (0, Vec::new());
    for text in &comments {
        let is_plain = |word: &&str| word.len() > 5 && word.bytes().all(|b| b.is_ascii_lowercase());
        let Some(word) = text.split(' ').find(is_plain) else { continue };
        for (hidden, disguised) in [
            (word.to_uppercase(), false),
            (word.chars().flat_map(|c| [c, '\u{200B}']).collect(), false),
            (word.replace('a', "а").replace('e', "е").replace('o', "о").replace('i', "і"), true),
            (word.chars().flat_map(|c| [c, '\u{336}']).collect(), true),
            (word.replacen('o', "0", 1).replacen('e', "3", 1), true),
        ] {
            let text = text.replace(word, &hidden);
            if hidden == word || text.contains(word) {
                continue;
            }
            tried += 1;
            let lists = lists(&[word], &[]);
            let hits = lists.find(&Legible::new(&text));
            if hits.len() != 1 || (disguised && !hits[0].disguised && !words_of(&text).contains(word)) {
                missed.push((word, hidden));
            }
        }
    }
    println!("{tried} disguises, {} missed", missed.len());
    assert!(tried > 4000 || comments.is_empty());
    assert!(missed.is_empty(), "{} of {tried}: {:?}", missed.len(), &missed[..missed.len().min(20)]);
}

/// With every word of real comments as a term there are next to none that only seem to hide: `r@pes` does, `1st` is not
/// `ist`.
#[test]
fn real_comments_hide_few_words() {
    let comments = corpora::members("fox-news-comments/comments.jsonl", "text");
    let words: HashSet<String> = comments.iter().flat_map(|text| words_of(text)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| word.len() > 2).collect();
    let lists = lists(&words, &[]);
    let disguised: Vec<String> = comments
        .iter()
        .flat_map(|text| {
            let hits = lists.find(&Legible::new(text)).into_iter().filter(|hit| hit.disguised);
            hits.map(|hit| text.chars().skip(hit.start).take(hit.length).collect()).collect::<Vec<String>>()
        })
        .collect();
    assert!(disguised.len() <= 5, "{disguised:?}");
}
