//! The figures of screening, printed as tables: `scripts/bench screening`, or `cargo bench --bench screening`.
//!
//! Everything here runs without a database, on one core. Times are medians of several rounds.
#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use replydesk::{
    domain::{BODY_BYTES, Body, Email, Field, Mode, Name, Policy, TermList, Website, normalised_text},
    flow::render,
    screen::{Blocks, Case, Echo, FormToken, Legible, Likeness, List, Lists, Standing, WordLists, judge},
};

/// A full list.
const TERMS: usize = 100_000;
const ROUNDS: usize = 15;
/// How long one round goes on.
const ROUND: Duration = Duration::from_millis(20);

/// What is repeated.
const PIECES: [&str; 11] =
    ["a", "[", "@", "http://", "\u{301}", "e\u{336}", "\u{301}\u{327}", "v1", "vі", " ", "\u{200B}"];

/// About 300 characters, as people write them.
const COMMENT: &str = "I have lived beside this bridge for 20 years, and nobody at city hall ever asked us what we \
    think about it! The report says it “must” be closed until 2027 – but who pays for the shops that close in the \
    meantime? My sister’s café lost a third of its guests last winter. Please publish the figures at last, Mr. Mayor.";

fn main() {
    let began = Instant::now();
    let terms = terms();
    let list = TermList::parse(terms.iter().map(String::as_str)).expect("a list");
    let parsed = began.elapsed();
    let began = Instant::now();
    let lists = WordLists::compile([(List::Hold, &list)]).expect("lists");
    let compiled = began.elapsed();
    let count = list.as_slice().len();
    println!("## The list\n");
    println!("{count} terms: parsed in {parsed:.0?}, compiled in {compiled:.0?}, {} kB", lists.size() / 1000);

    println!("\n## Texts against {count} terms\n");
    println!("| text | characters | preparing | searching | both |");
    println!("|---|---|---|---|---|");
    let long: String = COMMENT.chars().cycle().take(10_000).collect();
    let ascii = |text: &str| text.chars().filter(char::is_ascii).collect::<String>();
    let russian = "Мы живём возле этого моста двадцать лет, и никто нас ни о чём не спросил! ".repeat(4);
    words("a comment", COMMENT, &lists);
    words("a comment in ASCII", &ascii(COMMENT), &lists);
    words("a comment in Russian", &russian, &lists);
    words("a comment in disguise", &COMMENT.replace('a', "а"), &lists);
    words("10,000 characters", &long, &lists);
    words("10,000 characters in ASCII", &ascii(&long), &lists);
    words("10,000 characters in disguise", &long.replace('a', "а"), &lists);

    println!("\n## What attackers repeat, against {count} terms and some that match\n");
    println!("| text | 8 KiB | 16 KiB | 32 KiB | 64 KiB | for twice the length |");
    println!("|---|---|---|---|---|---|");
    let hostile =
        TermList::parse(["a", "aa", "*aaa*", "[", "*[[*", "@", "@@", "http://", "*tt*", "*e*", "viiii*"]);
    let hostile = hostile.expect("a list");
    let lists = WordLists::compile([(List::Hold, &list), (List::Spam, &hostile)]).expect("lists");
    for piece in PIECES {
        doubling(piece, |text| lists.find(&Legible::new(text)).len());
    }

    let site = Site::of(lists);
    println!("\n## All screening together, without the database\n");
    println!("| text | characters | screening |");
    println!("|---|---|---|");
    screened("a comment", COMMENT, &site);
    screened("a comment in Russian", &russian, &site);
    screened("a comment in disguise", &COMMENT.replace('a', "а"), &site);
    screened("10,000 characters", &long, &site);

    println!("\n## All of it, of what attackers repeat\n");
    println!("| text | 8 KiB | 16 KiB | 32 KiB | 64 KiB | for twice the length |");
    println!("|---|---|---|---|---|---|");
    for piece in PIECES.into_iter().filter(|piece| !piece.trim().is_empty() && *piece != "\u{200B}") {
        doubling(piece, |text| site.screens(text));
    }
}

/// What screening knows of the site that it judges for: words looked for in the fields that a site can name, and a hundred
/// people whose names nobody may take.
struct Site {
    policy: Policy,
    lists: Lists,
}

impl Site {
    fn of(words: WordLists) -> Self {
        let policy = Policy {
            mode: Mode::TrustKnown,
            staff_names: (0..100).map(|n| format!("Editor Number {n}")).collect(),
            word_fields: vec![Field::Text, Field::Name, Field::Website, Field::Email, Field::Agent],
            ..Policy::default()
        };
        let lists = Lists::new(&policy, Arc::new(words));
        Self { policy, lists }
    }

    /// All that is done with a text before the database is asked, and every rule: its links as readers would see them, how
    /// it is told from others, and what it is like.
    fn screens(&self, text: &str) -> usize {
        let body = Body::parse(text, usize::MAX).expect("a text");
        let author = Name::parse("Ann-Sophie Müller").expect("a name");
        let website = Website::parse("https://www.example.org/blog/").expect("a website");
        let email = Email::parse("ann.sophie@example.org").expect("an address");
        let even = normalised_text(body.as_str());
        let likeness = Likeness::of(body.as_str(), 7);
        let case = Case {
            body: &body,
            name: Some(&author),
            website: Some(&website),
            email: Some(&email),
            client: None,
            agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            links: render::links(body.as_str()),
            standing: Standing::Unknown,
            trapped: false,
            form: FormToken::Aged(Duration::from_mins(1)),
            echo: Echo::of(even.is_empty(), likeness.is_some()),
            flooded: false,
            held: false,
            blocks: Blocks::default(),
            mode: self.policy.mode,
            policy: &self.policy,
            lists: &self.lists,
        };
        judge(&case).findings.len()
    }
}

fn screened(name: &str, text: &str, site: &Site) {
    let taken = time(|| site.screens(black_box(text)));
    println!("| {name} | {} | {taken:.1?} |", text.chars().count());
}

/// Different terms of 4 to 16 letters like those of real lists: words, phrases, beginnings, other scripts.
fn terms() -> Vec<String> {
    let syllables = [
        "ba", "cer", "di", "fol", "gu", "han", "ki", "lor", "mu", "nes", "po", "ras", "ti", "vel", "wo",
        "zan",
    ];
    let word = |mut n: usize, letters: usize| {
        let mut word = String::new();
        for _ in 0..letters {
            word.push_str(syllables[n % 16]);
            n /= 16;
        }
        word
    };
    let term = |n: usize| match n % 10 {
        0 => format!("{}*", word(n, 5)),
        1 => format!("*{}*", word(n, 5)),
        2 => format!("{} {}", word(n, 3), word(n / 4096, 3)),
        3 => format!("{}.com/", word(n, 5)),
        4 => format!("слово{n}"),
        _ => word(n, 5),
    };
    (0..TERMS).map(term).collect()
}

/// How long one run takes: the median of the rounds.
fn time<T>(mut run: impl FnMut() -> T) -> Duration {
    let began = Instant::now();
    black_box(run());
    let once = began.elapsed().max(Duration::from_nanos(50));
    let runs = u32::try_from((ROUND.as_nanos() / once.as_nanos()).clamp(1, 10_000)).unwrap_or(1);
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..runs {
                black_box(run());
            }
            began.elapsed() / runs
        })
        .collect();
    rounds.sort();
    rounds[ROUNDS / 2]
}

fn words(name: &str, text: &str, lists: &WordLists) {
    let prepared = time(|| Legible::new(black_box(text)));
    let legible = Legible::new(text);
    let searched = time(|| lists.find(black_box(&legible)).len());
    let length = text.chars().count();
    println!("| {name} | {length} | {prepared:.1?} | {searched:.1?} | {:.1?} |", prepared + searched);
}

fn doubling(piece: &str, run: impl Fn(&str) -> usize) {
    let times: Vec<Duration> = [8, 16, 32, 64]
        .map(|kib: usize| {
            // no comment is longer than the last of these
            let text = piece.repeat((kib * 1024).min(BODY_BYTES) / piece.len());
            time(|| run(black_box(&text)))
        })
        .to_vec();
    let name: String = piece
        .chars()
        .map(|c| if c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect();
    let cells: Vec<String> = times.iter().map(|time| format!("{time:.1?}")).collect();
    let ratios: Vec<String> =
        times.windows(2).map(|two| format!("{:.2}", two[1].as_secs_f64() / two[0].as_secs_f64())).collect();
    println!("| `{name}` | {} | {} |", cells.join(" | "), ratios.join(", "));
}
