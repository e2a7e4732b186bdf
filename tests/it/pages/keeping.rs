//! Pages of what editors and operators keep.

use replydesk::domain::{BlockKind, BreakerAction, Cause, Effect, Mode};
use replydesk::http::{
    desk::{
        account_pages::Said,
        article_pages::*,
        audit::{AuditEntry, AuditPage},
        block_pages::*,
        outbox_pages::*,
        pages::Tab,
        people_pages::{Choice, FieldFault},
    },
    view::Link,
};

use super::samples::{Hostile, bar, moment, render, texts};

fn tab(label: &str, current: bool) -> Tab {
    Tab { label: label.to_owned(), url: "/desk/articles?site=gazette".to_owned(), current, count: None }
}

fn pick(label: String, is_chosen: bool) -> Choice {
    Choice { value: "open".to_owned(), label, is_chosen }
}

fn article(title: &str, opening: Opening, fault: Option<&'static str>) -> ArticleLine {
    let opening_is_until = matches!(opening, Opening::Until(_));
    let is_hostile = title == Hostile::NAME;
    ArticleLine {
        id: format!("id-{}-{}", title.len(), fault.unwrap_or_default()),
        key: if is_hostile { Hostile::NAME } else { "news/1" }.to_owned(),
        edition: 3,
        title: title.to_owned(),
        url: (!is_hostile).then(|| "https://news.example/news/1".to_owned()),
        is_provisional: is_hostile,
        opening,
        published: texts().say("article-published").with("count", 7_u64).into(),
        waiting: is_hostile.then(|| {
            Link::new(
                texts().say("article-waiting-many").with("count", 1_000_u64),
                "/desk?list=waiting&article=x",
            )
        }),
        rules: if opening_is_until {
            vec![
                texts().mode(Mode::Open).into(),
                texts().say("article-slow").with("span", texts().wait(90)).into(),
            ]
        } else {
            Vec::new()
        },
        broken: is_hostile.then(|| Broken {
            what: texts().say("breaker-in-force-hold-all").with("until", "1 December 2026, 18:00 UTC").into(),
            why: texts().cause(Cause::Rejections { rejected: 12, decided: 15 }).into(),
            note: Some(Hostile::NAME.to_owned()),
        }),
        typed: Typed {
            title: title.to_owned(),
            closing: if fault.is_some() { Hostile::NAME } else { "2026-12-01T18:00" }.to_owned(),
            modes: vec![
                pick(texts().say("article-mode-of-site").into(), true),
                pick(texts().mode(Mode::Open).into(), false),
            ],
            slow: if fault.is_some() { Hostile::NAME } else { "" }.to_owned(),
            actions: BreakerAction::ALL.map(|action| pick(texts().breaker(action).into(), false)).to_vec(),
            minutes: if fault.is_some() { Hostile::NAME } else { "60" }.to_owned(),
            note: if is_hostile { Hostile::NAME } else { "" }.to_owned(),
        },
        fault: fault.map(|field| FieldFault { field, text: Hostile::NAME.to_owned() }),
    }
}

fn articles(articles: Vec<ArticleLine>, said: Option<bool>) -> ArticlesPage {
    let q = if articles.is_empty() { Hostile::NAME } else { "" };
    ArticlesPage {
        t: texts(),
        bar: bar("Nora Lind"),
        tabs: vec![tab("The Gazette", true), tab(Hostile::NAME, false)],
        site: "gazette".to_owned(),
        q: q.to_owned(),
        cursor: "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe".to_owned(),
        edits: true,
        said: said.map(|is_good| Said { part: "articles", text: Hostile::NAME.to_owned(), is_good }),
        said_of: said.map(|_| Link::new(Hostile::NAME, "#article-x")),
        articles,
        all: "/desk/articles?site=gazette".to_owned(),
        first: Some(Link::new(texts().say("articles-newest"), "/desk/articles?site=gazette")),
        next: Some(Link::new(texts().say("articles-older"), "/desk/articles?site=gazette&cursor=x")),
    }
}

fn message(person: Option<&str>, is_open: bool) -> MessageLine {
    MessageLine {
        id: format!("01a20af0-dc8f-7591-9eb1-{}", if is_open { "0d2af4d96cfe" } else { "0d2af4d96cff" }),
        kind: texts().say("message-letter").into(),
        person: person.map(str::to_owned),
        site: person.map(|_| Hostile::NAME.to_owned()),
        comment: is_open.then(|| "/desk/comments/k1".to_owned()),
        made: moment(90),
        stands: texts().say("message-due-soon").into(),
        tried: is_open.then(|| texts().say("message-tried").with("count", 3_u64).into()),
        failure: is_open.then(|| Hostile::NAME.to_owned()),
        leased_until: is_open.then(|| "1 December 2026, 18:00 UTC".to_owned()),
        is_open,
    }
}

fn outbox(items: Vec<MessageLine>, said: Option<bool>) -> OutboxPage {
    let is_long = !items.is_empty();
    OutboxPage {
        t: texts(),
        bar: bar("Otto Brandt"),
        said: said.map(|is_good| Said { part: "outbox", text: Hostile::NAME.to_owned(), is_good }),
        paused_until: said.map(|_| "1 December 2026, 18:00 UTC".to_owned()),
        messages: is_long.then(|| texts().say("outbox-figures-tried").with("count", 3_u64).into()),
        queue: is_long.then(|| texts().say("figures-escalated").with("count", 1_204_u64).into()),
        tabs: vec![
            tab(&texts().say("outbox-owed").to_string(), true),
            tab(&texts().say("outbox-dead").to_string(), false),
        ],
        state: "owed",
        cursor: "7.x".to_owned(),
        items,
        empty: texts().say("outbox-none-owed").into(),
        first: is_long.then(|| Link::new(texts().say("outbox-first"), "/desk/outbox?state=owed")),
        next: said.map(|_| Link::new(texts().say("outbox-more"), "/desk/outbox?state=owed&cursor=x")),
    }
}

fn log() -> AuditPage {
    let entry = |note: Option<&str>| AuditEntry {
        at: moment(9),
        who: Link::new(Hostile::NAME, "/desk/audit?actor=x"),
        what: texts().say("action-reject").into(),
        object: Link::new(texts().say("audit-object-comment"), "/desk/audit?object=x"),
        page: Some("/desk/comments/k1".to_owned()),
        site: Some("gazette".to_owned()),
        via: texts().say("audit-at-desk").into(),
        reason: Some(Hostile::NAME.to_owned()),
        note: note.map(str::to_owned),
        note_erased: note.is_none(),
        erases: note.map(|_| "e1".to_owned()),
    };
    AuditPage {
        t: texts(),
        bar: bar("Nora Lind"),
        notice: Some(texts().say("flash-note-erased").into()),
        here: "/desk/audit?object=x".to_owned(),
        entries: vec![entry(Some(Hostile::NAME)), entry(None)],
        is_filtered: true,
        first: None,
        next: None,
    }
}

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), is_chosen: true }
}

fn block_form(fault: bool) -> BlockForm {
    let faults = ["kind", "kinds", "value", "days", "reason", "clean_up_days"];
    let faults = faults.map(|field| FieldFault { field, text: Hostile::NAME.to_owned() });
    BlockForm {
        comment: "k1".to_owned(),
        next: "/desk".to_owned(),
        kinds: vec![
            choice("host", &texts().say("block-their-host").to_string()),
            choice("email", &texts().say("block-their-email").to_string()),
        ],
        value: Hostile::NAME.to_owned(),
        effects: vec![
            choice("hold", &texts().say("block-effect-hold").to_string()),
            choice("refuse", &texts().say("block-effect-refuse").to_string()),
        ],
        reason: Hostile::NAME.to_owned(),
        days: "30".to_owned(),
        cleans: true,
        clean_up_days: "7".to_owned(),
        expect: Some(1_000),
        neighbours: fault.then_some(12),
        faults: if fault { faults.into() } else { Vec::new() },
    }
}

fn blocks(fault: bool) -> BlocksPage {
    let line = |kind, effect, is_over: bool| BlockLine {
        id: "b1".to_owned(),
        kind,
        effect,
        needs_proof: kind == BlockKind::Email,
        reason: Hostile::NAME.to_owned(),
        by: (!is_over).then(|| Hostile::NAME.to_owned()),
        made: moment(9),
        ends: "1 December 2026, 18:00 UTC".to_owned(),
        is_over,
        comment: is_over.then(|| "/desk/comments/k1".to_owned()),
    };
    let all = [
        line(BlockKind::Email, Effect::Refuse, false),
        line(BlockKind::Domain, Effect::Hold, true),
        line(BlockKind::Host, Effect::Refuse, false),
        line(BlockKind::Network, Effect::Hold, false),
        line(BlockKind::Term, Effect::Hold, false),
    ];
    BlocksPage {
        t: texts(),
        bar: bar("Nora Lind"),
        tabs: vec![tab("The Gazette", true), tab(Hostile::NAME, false)],
        site: "gazette".to_owned(),
        said: fault.then(|| Said { part: "blocks", text: Hostile::NAME.to_owned(), is_good: false }),
        blocks: if fault { Vec::new() } else { all.into() },
        form: block_form(fault),
        first: fault.then(|| Link::new(texts().say("blocks-latest"), "/desk/blocks?site=gazette")),
        next: (!fault).then(|| Link::new(texts().say("blocks-older"), "/desk/blocks?site=gazette&cursor=x")),
    }
}

fn block_author(is_asked: bool) -> BlockAuthorPage {
    let line = |author: &str| MarkedLine {
        author: author.to_owned(),
        url: "/desk/comments/k1".to_owned(),
        label: texts().say("card-waits").into(),
        submitted: moment(9),
        excerpt: Hostile::NAME.to_owned(),
    };
    BlockAuthorPage {
        t: texts(),
        bar: bar("Nora Lind"),
        back: Link::new(texts().say("block-back"), "/desk/comments/k1"),
        author: Hostile::NAME.to_owned(),
        said: Some(Said { part: "blocks", text: Hostile::NAME.to_owned(), is_good: false }),
        form: block_form(!is_asked),
        marked: is_asked
            .then(|| Marked { count: 1_000, first: vec![line("Nora Lind"), line(Hostile::NAME)] }),
    }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let moment = || "1 December 2026, 18:00 UTC".to_owned();
    let several = vec![
        article("The bridge", Opening::Open, None),
        article(Hostile::NAME, Opening::Until(moment()), None),
        article("The ferry", Opening::Since(moment()), None),
        article("The lights", Opening::Closed, None),
        article("The quay", Opening::Paused(moment()), None),
    ];
    let refused = |field| vec![article(Hostile::NAME, Opening::Open, Some(field))];
    vec![
        ("desk-articles.html", render(&articles(several, Some(true)))),
        ("desk-articles-none.html", render(&articles(Vec::new(), None))),
        ("desk-articles-title.html", render(&articles(refused("title"), Some(false)))),
        ("desk-articles-pausing.html", render(&articles(refused("minutes"), Some(false)))),
        ("desk-articles-note.html", render(&articles(refused("note"), Some(false)))),
        ("desk-articles-slow.html", render(&articles(refused("slow_seconds"), Some(false)))),
        (
            "desk-articles-moderator.html",
            render(&ArticlesPage {
                edits: false,
                ..articles(vec![article(Hostile::NAME, Opening::Open, None)], None)
            }),
        ),
        ("desk-articles-closing.html", render(&articles(refused("closes_at"), Some(false)))),
        (
            "desk-outbox.html",
            render(&outbox(vec![message(Some(Hostile::NAME), true), message(None, false)], Some(true))),
        ),
        ("desk-audit.html", render(&log())),
        ("desk-blocks.html", render(&blocks(false))),
        ("desk-blocks-refused.html", render(&blocks(true))),
        ("desk-block-asked.html", render(&block_author(true))),
        ("desk-block-refused.html", render(&block_author(false))),
        ("desk-outbox-none.html", render(&outbox(Vec::new(), None))),
        ("desk-outbox-not-theirs.html", render(&outbox(Vec::new(), Some(false)))),
    ]
}
