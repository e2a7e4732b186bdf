//! An archive to measure on: as many comments as asked for, over a year, on two sites; words with the frequencies of
//! real texts where there are some; people, places and findings that are rare and others that are not.

use std::{collections::HashMap, time::Duration};

use replydesk::{
    domain::{ArticleId, CommentId, ContactId, Needs, SiteId, Status, Timestamp},
    flow::{App, search},
    store::{CommentRow, ContactRow, FindingRow, NewArticle, NewComment, Stamp},
};
use uuid::Uuid;

/// Over so long the comments arrived.
const YEAR: Duration = Duration::from_hours(365 * 24);
/// Rows of one transaction.
const BATCH: u64 = 1_000;
/// Comments of an article, on average.
const ARTICLE: u64 = 250;

/// A word of a few dozen comments, half of them among the latest that wait.
pub const RARE_WORD: &str = "quetzal";
/// A finding of a few dozen comments, likewise.
pub const RARE_FINDING: &str = "site-rate";
/// A finding of one comment in thirty, and of one in six that wait: a page of those, however many there are.
pub const COMMON_FINDING: &str = "repeated-text";

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub struct Archive {
    pub comments: u64,
    /// Of them; nine in ten are the latest.
    pub waiting: u64,
    pub end: Timestamp,
}

/// Chance that repeats itself (SplitMix64).
struct Dice(u64);

impl Dice {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.draw() % most.max(1)
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, most: u64) -> u64 {
        let (one, other) = (self.below(most), self.below(most));
        one * other / most.max(1)
    }
}

/// Where texts come from: runs of words out of these, in their order.
pub struct Texts(Vec<String>);

impl Texts {
    /// Of real texts; without any, words whose frequencies fall as those of a language do (Zipf).
    pub fn of(real: &[String]) -> Self {
        let words: Vec<String> =
            real.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
        if words.len() > 1_000 {
            return Self(words);
        }
        let mut dice = Dice(7);
        let made = (0..200_000).map(|_| {
            // the numbers e^u for an even u are as frequent as 1/n
            let place = u32::try_from(dice.below(10_300)).unwrap_or_default();
            format!("w{:.0}", (f64::from(place) / 1_000.0).exp())
        });
        Self(made.collect())
    }

    fn draw(&self, dice: &mut Dice) -> String {
        let length = usize::try_from(4 + dice.skewed(60)).unwrap();
        let start = usize::try_from(dice.below((self.0.len() - length) as u64)).unwrap();
        self.0[start..start + length].join(" ").chars().take(2_000).collect()
    }
}

impl Archive {
    /// Brings it all in, and lets search know.
    pub async fn fill(&self, app: &App, sites: [SiteId; 2], texts: &Texts) {
        let mut dice = Dice(1);
        let mut articles = HashMap::new();
        for start in (0..self.comments).step_by(usize::try_from(BATCH).unwrap()) {
            let batch: Vec<NewComment> = (start..self.comments.min(start + BATCH))
                .map(|number| self.comment(number, (sites, texts), (&mut dice, &mut articles)))
                .collect();
            app.db.write(async |tx| tx.bring_in(&batch).await).await.unwrap();
        }
        while search::catch_up(app).await.unwrap() > 0 {}
    }

    fn waits(&self, number: u64) -> bool {
        let late = self.waiting * 9 / 10;
        let every = self.comments / (self.waiting - late).max(1);
        number >= self.comments - late || number.is_multiple_of(every.max(1))
    }

    /// Forty of all, and about forty of the latest that wait: a page of those, however many comments there are.
    fn is_rare(&self, number: u64) -> bool {
        let (every, late) = ((self.comments / 40).max(1), self.waiting * 9 / 10);
        let is_late =
            number + late >= self.comments && (self.comments - number).is_multiple_of((late / 40).max(1));
        number % every == every / 2 || is_late
    }

    fn comment(
        &self,
        number: u64,
        (sites, texts): ([SiteId; 2], &Texts),
        (dice, articles): (&mut Dice, &mut HashMap<(usize, u64), ArticleId>),
    ) -> NewComment {
        let age = YEAR.mul_f64(1.0 - number as f64 / self.comments as f64);
        let at = self.end.minus(age);
        let id = CommentId::from(id(at, number, dice));
        let (waits, place) = (self.waits(number), usize::from(dice.below(10) == 0));
        let site = sites[place];
        let key = (place, number / ARTICLE + dice.skewed(4));
        let known = articles.get(&key).copied();
        let article = known.unwrap_or_else(|| ArticleId::from(self::id(at, number, dice)));
        articles.insert(key, article);
        let new = known.is_none().then(|| new_article((article, site), key.1, at));
        let (status, needs) = match (waits, dice.below(100)) {
            (true, 0) => (Status::Pending, Some(Needs::Escalated)),
            (true, 1..4) => (Status::Approved, Some(Needs::Edit)),
            (true, _) => (Status::Pending, Some(Needs::Decision)),
            (false, 0..88) => (Status::Approved, None),
            (false, 88..96) => (Status::Rejected, None),
            (false, _) => (Status::Spam, None),
        };
        let contact = contact((id, site), at, number, (self.comments, dice));
        let found = [
            (RARE_FINDING, self.is_rare(number)),
            (COMMON_FINDING, dice.below(if waits { 6 } else { 30 }) == 0),
            ("honeypot", status == Status::Spam),
        ];
        let found = found.into_iter().filter(|(_, is)| *is);
        let mut text = texts.draw(dice);
        if self.is_rare(number) {
            text = format!("{text} {RARE_WORD}");
        }
        NewComment {
            article: new,
            comment: CommentRow {
                id,
                site,
                article,
                thread: id,
                parent: None,
                reply_to: None,
                depth: 0,
                status,
                needs,
                version: 1,
                revision: 1,
                name: format!("Reader {}", contact.1),
                website: None,
                staff: false,
                notify: "none",
                form: "import",
                contact: Some(contact.0.id),
                fingerprint: i64::try_from(dice.draw() >> 1).unwrap(),
                duplicate_key: None,
                likeness: None,
                cluster: None,
                approved_below: 0,
                submitted_at: Stamp(at),
                published_at: (status == Status::Approved).then_some(Stamp(at)),
                lineage: None,
            },
            text,
            contact: Some(contact.0),
            findings: (1..)
                .zip(found)
                .map(|(number, (code, _))| FindingRow {
                    comment: id,
                    number,
                    code,
                    term: None,
                    weight: 10,
                    field: None,
                    starts: None,
                    length: None,
                })
                .collect(),
            entry: None,
            messages: Vec::new(),
            idempotency: Vec::new(),
        }
    }
}

/// Of that moment, in the order of the numbers.
fn id(at: Timestamp, number: u64, dice: &mut Dice) -> Uuid {
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&u16::try_from(number % 4_096).unwrap().to_be_bytes());
    bytes[2..].copy_from_slice(&dice.draw().to_be_bytes());
    let millis = u64::try_from(at.micros() / 1_000).unwrap();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

fn new_article((id, site): (ArticleId, SiteId), number: u64, at: Timestamp) -> NewArticle {
    NewArticle {
        id,
        site,
        key: format!("news/{number}"),
        url: format!("https://news.example/news/{number}"),
        title: format!("What happened on day {number}"),
        section: None,
        provisional: false,
        open: true,
        closes_at: None,
        approved_count: 0,
        version: 1,
        changed_at: Stamp(at),
        created_at: Stamp(at),
    }
}

/// Of a person who writes seldom, or of the one who wrote one comment in a hundred; and that person's number.
fn contact(
    (comment, site): (CommentId, SiteId),
    at: Timestamp,
    number: u64,
    (comments, dice): (u64, &mut Dice),
) -> (ContactRow, u64) {
    let person = if dice.below(100) == 0 { 0 } else { 1 + dice.below(comments / 8) };
    let keyed = |of: &str, number: u64| {
        let mut dice = Dice(number.wrapping_mul(31).wrapping_add(of.len() as u64));
        format!("{of}{:016x}{:016x}", dice.draw(), dice.draw())
    };
    let row = ContactRow {
        id: ContactId::from(id(at, number, dice)),
        site,
        purpose: "commenter",
        comment,
        email: "sealed elsewhere".to_owned(),
        email_index: keyed("e", person),
        reader_index: None,
        address: None,
        host_index: Some(keyed("ho", person)),
        network_index: Some(keyed("net", person / 4)),
        index_key: "archive".to_owned(),
        proven: None,
        expires_at: None,
    };
    (row, person)
}
