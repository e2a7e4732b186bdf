//! Sample data: `calm` is what a good day brings, `hostile` what a bad one does.

use std::{cell::Cell, time::Duration};

use askama::Template;
use replydesk::domain::{Code, Fault, Field, Form, Language, Notify, ReportReason, Role, Status, Timestamp};
use replydesk::flow::why::Reason;
use replydesk::http::{
    desk::{link::*, pages::*},
    public::{
        form::*,
        mail::*,
        pages::*,
        problems,
        receipt::*,
        report_page::{ReportPage, TypedReport},
    },
    view::{Link, Moment, When},
};
use replydesk::notify::{DigestItem, DigestMail, DigestSite, MailLink, ModeratorMail, ParentExcerpt};
use replydesk::texts::Texts;

pub(crate) const ADDRESS: &str = "typed.back@example.org";
const NOW: i64 = 1_795_468_000_000_000;

thread_local! {
    static LANGUAGE: Cell<Texts> = Cell::default();
}

/// The language of the samples.
pub(crate) fn texts() -> Texts {
    LANGUAGE.get()
}

/// Samples in another language than the usual one.
pub(crate) fn spoken<T>(t: Texts, samples: impl FnOnce() -> T) -> T {
    let usual = LANGUAGE.replace(t);
    let told = samples();
    LANGUAGE.set(usual);
    told
}

pub(crate) struct Hostile;
impl Hostile {
    pub(crate) const NAME: &'static str = "<img src=x onerror=alert(1)>\"'&";
}

pub(crate) fn moment(minutes_ago: i64) -> Moment {
    let now = Timestamp::from_micros(NOW);
    Moment::told(texts(), Timestamp::from_micros(NOW - minutes_ago * 60_000_000), now)
}

thread_local! {
    static OF_READERS: Cell<Texts> = Cell::new(Texts::for_readers(Language::English));
}

/// The language of the samples that readers see.
pub(crate) fn told() -> Texts {
    OF_READERS.get()
}

/// Samples that readers see, in another language than the usual one.
pub(crate) fn told_in<T>(t: Texts, samples: impl FnOnce() -> T) -> T {
    let usual = OF_READERS.replace(t);
    let told = samples();
    OF_READERS.set(usual);
    told
}

fn when(minutes_ago: i64) -> When {
    When::new(told(), Timestamp::from_micros(NOW - minutes_ago * 60_000_000))
}

fn published(author: &str, minutes: i64, html: &str) -> Published {
    Published {
        author: author.to_owned(),
        website: None,
        staff: false,
        picked: false,
        edited: Edited::Never,
        at: when(minutes),
        url: format!("#comment-c{minutes}"),
        html: html.to_owned(),
        reply_url: Some(format!("?replyto=c{minutes}#respond")),
        report_url: Some(format!("/sites/demo/comments/c{minutes}/report")),
    }
}

fn entry(minutes: i64, published: Option<Published>, replies: Vec<ThreadComment>) -> ThreadComment {
    ThreadComment {
        t: told(),
        id: format!("c{minutes}"),
        published,
        replies,
        more_url: (minutes == 455).then(|| "?replies=c455&cursor=c371".to_owned()),
    }
}

pub(crate) fn fresh_form() -> FormView {
    FormView {
        t: told(),
        form: Form::Web,
        action: "/v1/sites/demo/comments".to_owned(),
        article: ArticleFields {
            key: "demo".to_owned(),
            url: "http://localhost:8080/demo".to_owned(),
            title: calm::HEADLINE.to_owned(),
        },
        redirect: "http://localhost:8080/demo".to_owned(),
        token: None,
        notify: Notify::Outcome,
        parent: None,
        typed: Typed::default(),
        errors: Vec::new(),
        comment_chars: 10_000,
        rules_url: Some("https://gazette.example/rules".to_owned()),
        privacy_url: Some("https://gazette.example/privacy".to_owned()),
    }
}

pub(crate) fn refused_form() -> FormView {
    let error = |field: &'static str, code| FieldError {
        field: field.to_owned(),
        message: told().refused(&Fault { field, code }).into(),
    };
    FormView {
        parent: Some(Parent {
            id: "c1".to_owned(),
            author: Hostile::NAME.to_owned(),
            cancel_url: "/demo#respond".to_owned(),
        }),
        typed: Typed {
            comment: "<b onclick=x>Kept text</b>".to_owned(),
            name: "ann@".to_owned(),
            email: ADDRESS.to_owned(),
            website: "javascript".to_owned(),
        },
        errors: vec![
            error("name", Code::AtSign),
            error("website", Code::NotAUrl),
            error("article", Code::UnknownArticle),
        ],
        ..fresh_form()
    }
}

pub(crate) mod calm {
    use super::*;

    pub(crate) const HEADLINE: &str = "The town that switched off its lights, and found the sky again";

    pub(crate) fn story() -> Story {
        Story {
            section: "Science".to_owned(),
            headline: HEADLINE.to_owned(),
            standfirst: "At midnight, Port Arden goes dark. Three years on, the bats are back, the bills are down and \
                         the stargazers fill every bed in town. Not everybody is pleased."
                .to_owned(),
            author: "Ines Halloran".to_owned(),
            published: when(600),
            figure: Some(Figure {
                src: "/assets/gazette-night.svg".to_owned(),
                alt: "Drawing of a dark harbour town under a sky full of stars, with three lit windows.".to_owned(),
                caption: "Port Arden after midnight. Illustration: The Gazette".to_owned(),
            }),
            paragraphs: PARAGRAPHS.iter().map(ToString::to_string).collect(),
        }
    }

    const PARAGRAPHS: [&str; 3] = [
        "The ferry stopped at four, and by five the queue at the bridge reached the church.",
        "“We counted on nobody noticing,” says the harbour master. “Everybody noticed.”",
        "The council meets again in spring.",
    ];

    pub(crate) fn thread() -> Vec<ThreadComment> {
        let staff = Published {
            staff: true,
            ..published(
                "Ines Halloran",
                380,
                "<p>Thank you, Tom. The hospital path is lit by motion sensors at knee height, so it does not show from the hill. I have added a line about it.</p>",
            )
        };
        let reply = published(
            "Priya N.",
            402,
            "<p>The nurses got their lit path, as the article says. My shift ends at four and I have never felt safer: you can see people’s torches from a mile away.</p>",
        );
        let deep = entry(
            402,
            Some(reply),
            vec![entry(
                380,
                Some(staff),
                vec![entry(
                    371,
                    Some(published("Tom Bexley", 371, "<p>I stand corrected. Thanks for answering.</p>")),
                    vec![],
                )],
            )],
        );
        let first = Published {
            edited: Edited::BySite,
            ..published(
                "Tom Bexley",
                455,
                "<p>Lovely for the people who drive in and look up. Less lovely if you work nights and walk home along the river.</p><p>Has anyone asked <a href=\"https://example.org/survey\" rel=\"nofollow ugc noopener\">the people in this survey</a>?</p>",
            )
        };
        let pick = Published {
            picked: true,
            website: Some("https://example.org/moths".to_owned()),
            ..published(
                "Edda Fairweather",
                510,
                "<p>I have kept a moth trap in the same garden since 1981. In the first summer after the lights went out I wrote down eleven species I had not seen for thirty years, and one I had never seen at all.</p><p>It is the best thing this town has done.</p>",
            )
        };
        vec![
            entry(510, Some(pick), vec![]),
            entry(455, Some(first), vec![deep]),
            entry(
                433,
                None,
                vec![entry(
                    430,
                    Some(published("Jo", 430, "<p>Please keep it friendly, we all live here.</p>")),
                    vec![],
                )],
            ),
            entry(
                90,
                Some(published(
                    "Władysław Gąsior-Nowakowski",
                    90,
                    "<p>We drove down from the city with the children. They had never seen the Milky Way. Neither had I.</p>",
                )),
                vec![],
            ),
        ]
    }

    pub(crate) fn article(notice: Option<Notice>, form: Option<FormView>) -> ArticlePage {
        ArticlePage {
            t: told(),
            paper: "The Gazette".to_owned(),
            issue: "Monday 23 November 2026".to_owned(),
            story: story(),
            discussion: Discussion {
                count: 7,
                comments: thread(),
                more_url: Some("?cursor=abc#comments".to_owned()),
            },
            form,
            notice,
            desk_url: "/desk".to_owned(),
        }
    }

    pub(crate) fn mail() -> ModeratorMail {
        ModeratorMail {
            t: texts(),
            site: "The Gazette".to_owned(),
            article_title: HEADLINE.to_owned(),
            author: "Tom Bexley".to_owned(),
            text: "Lovely for the people who drive in and look up.\n\nLess lovely if you work nights and walk home along the river. Has anyone asked them? See https://example.org/survey".to_owned(),
            submitted: moment(4).exact,
            overdue: None,
            findings: vec![
                texts().say("card-finding").with("finding", texts().finding("links")).with("term", "1").into(),
                texts().finding("not-known").into(),
            ],
            nothing: None,
            parent: Some(ParentExcerpt { author: "Edda Fairweather".to_owned(), excerpt: "I have kept a moth trap in the same garden since 1981. In the first summer after the lights went out I wrote down eleven species …".to_owned() }),
            link: MailLink::Decide {
                url: "https://comments.gazette.example/d/kZ8x2-abc".to_owned(),
                until: moment(-10_080).exact,
            },
        }
    }
}

/// A mail about several comments.
pub(crate) fn digest(author: &str, text: &str, title: &str) -> DigestMail {
    let item = |n: i64| DigestItem {
        article_title: title.to_owned(),
        author: author.to_owned(),
        submitted: moment(n * 9).exact,
        excerpt: text.to_owned(),
        overdue: (n == 1).then(|| texts().span(Duration::from_hours(4)).to_string()),
        findings: (n % 2 == 0).then(|| texts().finding("near-duplicate").into()).into_iter().collect(),
        nothing: (n % 2 == 1).then(|| texts().say("nothing-hold-all").into()),
        link: MailLink::Decide {
            url: format!("https://comments.gazette.example/d/{n}"),
            until: moment(-10_080).exact,
        },
    };
    DigestMail {
        t: texts(),
        total: 62,
        sites_in_all: 2,
        sites: vec![
            DigestSite { name: "The Gazette".to_owned(), count: 50, items: (1..15).map(item).collect() },
            DigestSite { name: author.to_owned(), count: 12, items: (15..21).map(item).collect() },
        ],
        desk_url: "https://comments.gazette.example/desk".to_owned(),
        is_digest: true,
        account_url: "https://comments.gazette.example/desk/account#mail".to_owned(),
    }
}

pub(crate) mod hostile {
    use super::*;

    pub(crate) fn long() -> String {
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(4)
    }

    pub(crate) fn title() -> String {
        "A very long headline that goes on & on \"quoted\" <script>alert(1)</script> "
            .repeat(5)
            .chars()
            .take(300)
            .collect()
    }

    pub(crate) fn nested(depth: i64) -> ThreadComment {
        let name = match depth % 3 {
            0 => "عبد الرحمن بن محمد الأندلسي الطويل الاسم".to_owned(),
            1 => Hostile::NAME.to_owned(),
            _ => "W".repeat(100),
        };
        let html = if depth % 3 == 0 {
            "<p>هذا تعليق مكتوب من اليمين إلى اليسار، ويحتوي على رابط وكلمات كثيرة.</p>".to_owned()
        } else {
            format!(
                "<p>{}</p><blockquote>quoted</blockquote><pre><code>let x = \"{}\";</code></pre>",
                long(),
                "y".repeat(200)
            )
        };
        let own = Published {
            website: Some("javascript:alert(1)".to_owned()),
            staff: depth == 2,
            picked: depth == 2,
            edited: Edited::ByAuthor,
            ..published(&name, depth, &html)
        };
        entry(depth, Some(own), if depth < 6 { vec![nested(depth + 1)] } else { vec![] })
    }

    pub(crate) fn article() -> ArticlePage {
        let mut page = calm::article(
            None,
            Some(FormView {
                parent: Some(Parent {
                    id: "c9".to_owned(),
                    author: "W".repeat(100),
                    cancel_url: "/demo#respond".to_owned(),
                }),
                ..fresh_form()
            }),
        );
        page.story.headline = title();
        page.story.standfirst = long();
        page.story.author = "W".repeat(90);
        page.discussion = Discussion { count: 1, comments: vec![nested(1)], more_url: None };
        page
    }

    pub(crate) fn mail() -> ModeratorMail {
        ModeratorMail {
            site: "Gazette\r\nX: y".to_owned(),
            article_title: title(),
            author: Hostile::NAME.to_owned(),
            text: format!("{}\r<a href=x>{}", long(), "مرحبا بالعالم"),
            parent: None,
            ..calm::mail()
        }
    }
}

pub(crate) fn render(page: &impl Template) -> String {
    page.render().unwrap()
}

fn refusal(title: &str, explanation: &str, wait: Option<u32>, form: Option<FormView>) -> String {
    render(&SubmitErrorPage {
        t: told(),
        home: String::new(),
        site: "The Gazette".to_owned(),
        title: title.to_owned(),
        explanation: explanation.to_owned(),
        wait: wait.map(|seconds| told().wait(seconds).into()),
        unsent: String::new(),
        form,
        back: Some(Link::new(told().say("page-back"), "/demo")),
    })
}

fn comments_page(form: Option<FormView>) -> CommentsPage {
    let sorts = [("sort-oldest", told().say("sort-oldest")), ("sort-newest", told().say("sort-newest"))];
    CommentsPage {
        t: told(),
        site: "The Gazette".to_owned(),
        article: Some(Link::new(calm::HEADLINE, "https://gazette.example/lights")),
        discussion: Discussion {
            count: 1_204,
            comments: calm::thread(),
            more_url: Some("?article=demo&cursor=c90".to_owned()),
        },
        sorts: sorts
            .map(|(name, label)| {
                (Link::new(label, format!("?article=demo&sort={name}")), name == "sort-oldest")
            })
            .to_vec(),
        below: None,
        begin: Some(Link::new(told().say("comments-begin"), "?article=demo")),
        is_missing: false,
        is_open: true,
        form,
        notice: Some(Notice::Held),
    }
}

fn hostile_page() -> CommentsPage {
    CommentsPage {
        article: Some(Link::new(hostile::title(), "https://gazette.example/lights")),
        discussion: Discussion { count: 1, comments: vec![hostile::nested(1)], more_url: None },
        is_missing: true,
        form: hostile::article().form,
        notice: Some(Notice::Published),
        ..comments_page(None)
    }
}

fn replies_page() -> CommentsPage {
    CommentsPage {
        sorts: Vec::new(),
        below: Some(Below::Comment(Hostile::NAME.to_owned())),
        notice: None,
        ..comments_page(None)
    }
}

fn report() -> ReportPage {
    ReportPage {
        t: told(),
        site: "The Gazette".to_owned(),
        author: "Tom Bexley".to_owned(),
        text: "Lovely for the people who drive in.\n\nLess lovely if you work nights.".to_owned(),
        action: Some("/v1/sites/demo/comments/01a20af0-dc8f-7591-9eb1-0d2af4d96cfe/reports".to_owned()),
        back: Link::new(told().say("report-back"), "https://gazette.example/lights#comment-c1"),
        typed: TypedReport::default(),
        errors: Vec::new(),
    }
}

fn refused_report() -> ReportPage {
    let error = |field: &'static str, code| FieldError {
        field: field.to_owned(),
        message: told().refused(&Fault { field, code }).into(),
    };
    ReportPage {
        author: Hostile::NAME.to_owned(),
        text: format!("{}\n{}", Hostile::NAME, hostile::long()),
        typed: TypedReport {
            reason: "illegal".to_owned(),
            text: "<b onclick=x>Kept text</b>".to_owned(),
            ..TypedReport::default()
        },
        errors: vec![
            error("reason", Code::Required),
            error("law", Code::Required),
            error("good_faith", Code::Required),
        ],
        ..report()
    }
}

fn empty_page() -> CommentsPage {
    CommentsPage {
        article: None,
        discussion: Discussion::default(),
        sorts: Vec::new(),
        begin: None,
        notice: None,
        ..comments_page(None)
    }
}

pub(crate) fn public() -> Vec<(&'static str, String)> {
    let mut empty = calm::article(Some(Notice::Published), Some(fresh_form()));
    empty.discussion = Discussion::default();
    let kept = FormView {
        errors: vec![],
        parent: None,
        typed: Typed { email: String::new(), ..refused_form().typed },
        ..refused_form()
    };
    vec![
        ("article-held.html", render(&calm::article(Some(Notice::Held), Some(fresh_form())))),
        ("article-empty.html", render(&empty)),
        ("article-closed.html", render(&calm::article(None, None))),
        ("comments.html", render(&comments_page(Some(fresh_form())))),
        ("comments-closed.html", render(&CommentsPage { is_open: false, ..comments_page(None) })),
        ("comments-hostile.html", render(&hostile_page())),
        ("comments-replies.html", render(&replies_page())),
        ("comments-empty.html", render(&empty_page())),
        ("article-hostile.html", render(&hostile::article())),
        (
            "error-validation.html",
            refusal(
                "Some fields need attention",
                "Nothing has been sent yet. Please correct the fields below; what you typed is still there.",
                None,
                Some(refused_form()),
            ),
        ),
        (
            "error-validation-wordpress.html",
            refusal(
                "Some fields need attention",
                "Nothing has been sent yet. Please correct the fields below; what you typed is still there.",
                None,
                Some(FormView { form: Form::WordPress, action: String::new(), ..refused_form() }),
            ),
        ),
        (
            "error-limit.html",
            refusal(
                "Too many comments at once",
                "Several comments have arrived from your network within a short time.",
                Some(42),
                Some(kept),
            ),
        ),
        (
            "error-closed.html",
            refusal(
                "Comments are closed",
                "This article no longer takes comments, so yours could not be sent.",
                None,
                None,
            ),
        ),
        ("report.html", render(&report())),
        ("report-refused.html", render(&refused_report())),
        ("report-sent.html", render(&ReportPage { action: None, ..report() })),
        (
            "problem.html",
            render(&ProblemPage { t: told(), problem: problems::problem("rate-limited").unwrap() }),
        ),
        ("problems.html", render(&ProblemListPage { t: told(), problems: &problems::PROBLEMS })),
        (
            "message.html",
            render(&MessagePage {
                t: told(),
                home: String::new(),
                site: None,
                status: 404,
                title: "Page not found".to_owned(),
                text: "There is nothing at this address, or it is not public.".to_owned(),
                link: Some(Link::new("To the front page", "/")),
            }),
        ),
    ]
}

pub(crate) fn receipts() -> Vec<(&'static str, String)> {
    let waiting = ReceiptPage {
        t: told(),
        site: "The Gazette".to_owned(),
        state: ReceiptState::Waiting,
        article: Link::new(calm::HEADLINE, "/demo"),
        text: "Lovely for the people who drive in.\n\nLess lovely if you work nights.".to_owned(),
        by_site: false,
        submitted: when(3),
        action: "/receipts/abc".to_owned(),
        edit: Some(EditForm {
            text: "Lovely for the people who drive in.".to_owned(),
            until: Some(when(-12).exact),
            error: None,
            comment_chars: 10_000,
        }),
        can_withdraw: true,
        appeal: None,
        notify: Some(vec![
            ("none", told().say("form-notify-none").into(), true),
            ("outcome", told().say("form-notify-outcome").into(), false),
        ]),
        notice: Some(told().say("receipt-saved").into()),
    };
    let live = ReceiptPage {
        state: ReceiptState::Published { url: "/demo#comment-1".to_owned(), edit_waits: true },
        edit: None,
        notice: None,
        ..waiting.clone()
    };
    let rejected = ReceiptPage {
        state: ReceiptState::NotPublished {
            basis: Some(replydesk::domain::Basis::Terms),
            reason: Some(format!("Off topic. {}", hostile::long())),
        },
        can_withdraw: false,
        appeal: Some(AppealForm::Open {
            text: Hostile::NAME.to_owned(),
            error: Some(told().say("fault-too-long").into()),
        }),
        notify: None,
        text: format!("{}\n{}", Hostile::NAME, hostile::long()),
        article: Link::new(hostile::title(), "/demo"),
        ..live.clone()
    };
    let gone = ReceiptPage { state: ReceiptState::Withdrawn, can_withdraw: false, ..live.clone() };
    let upheld = ReceiptPage {
        appeal: Some(AppealForm::Made {
            text: hostile::long(),
            told: told().say("commenter-appeal-refused").into(),
        }),
        ..rejected.clone()
    };
    let mail = |state, is_answer| MailPage {
        can_want: true,
        t: told(),
        site: hostile::title(),
        state,
        action: "/mail/abc".to_owned(),
        is_answer,
    };
    vec![
        ("receipt-upheld.html", render(&upheld)),
        ("mail-asked.html", render(&mail(MailState::Asked, false))),
        ("mail-wanted.html", render(&mail(MailState::Wanted, true))),
        ("mail-ended.html", render(&mail(MailState::Ended, true))),
        ("receipt-waiting.html", render(&waiting)),
        ("receipt-published.html", render(&live)),
        ("receipt-rejected.html", render(&rejected)),
        ("receipt-withdrawn.html", render(&gone)),
    ]
}

pub(crate) fn bar(name: &str) -> TopBar {
    TopBar {
        name: name.to_owned(),
        role: Role::Moderator,
        home_url: "/desk".to_owned(),
        here: "/desk/audit".to_owned(),
        links: vec![Link::new(texts().say("bar-audit"), "/desk/audit")],
        sign_out_url: "/desk/sign-out".to_owned(),
        csrf: "token".to_owned(),
    }
}

fn tabs() -> Vec<Tab> {
    ["Waiting", "Mine", "Approved", "Rejected", "Spam"]
        .iter()
        .map(|label| Tab {
            label: (*label).to_owned(),
            url: format!("/desk?status={label}"),
            current: *label == "Waiting",
            count: (*label == "Waiting").then_some(17),
        })
        .collect()
}

fn neighbour(author: &str, label: &str, text: &str) -> Neighbour {
    Neighbour {
        author: Link::new(author, "/desk/comments/k7"),
        is_staff: label == "Approved",
        label: label.to_owned(),
        at: moment(90),
        excerpt: text.to_owned(),
    }
}

fn conversation() -> Thread {
    Thread {
        above: vec![
            neighbour("Edda Fairweather", "Approved", "I have kept a moth trap since 1981."),
            neighbour(Hostile::NAME, "Rejected", &hostile::long()),
        ],
        below: vec![neighbour(&"W".repeat(100), "Waiting", "And the owls?")],
        is_long: false,
    }
}

fn card(number: i64, author: &str, html: &str) -> Card {
    Card {
        t: texts(),
        id: format!("k{number}"),
        author: author.to_owned(),
        earlier: None,
        others: None,
        website: None,
        article: Link::new(calm::HEADLINE, "/demo"),
        site: None,
        submitted: moment(number * 7),
        label: "Waiting".to_owned(),
        findings: vec![],
        nothing: Some(texts().say("nothing-hold-all").into()),
        is_reply: false,
        reply_to: None,
        html: html.to_owned(),
        edit_html: None,
        changes: vec![],
        editor: None,
        is_picked: false,
        detail_url: Some(format!("/desk/comments/k{number}")),
        claim: Some(Claim::Free),
        selected: Some(false),
        decide: DecisionForm {
            action: format!("/desk/comments/k{number}"),
            version: number,
            csrf: "token".to_owned(),
            next: "/desk".to_owned(),
            choices: vec![Choice::Approve, Choice::Reject, Choice::Spam],
            can_escalate: true,
            has_notes: true,
            reasons: vec![
                Canned { code: "off-topic".to_owned(), label: "It is not about this article.".to_owned() },
                Canned {
                    code: "illegal".to_owned(),
                    label: "It names a person in a way that the law forbids.".to_owned(),
                },
            ],
        },
        block: Some((30, 7)),
    }
}

fn reason(code: &str, term: Option<&str>) -> Reason {
    Reason { label: texts().finding(code).into(), term: term.map(ToOwned::to_owned), written: None }
}

fn span(kind: Change, text: &str) -> Span {
    Span { kind, text: text.to_owned() }
}

fn queue(cards: Vec<Card>, flash: Option<Flash>) -> QueuePage {
    let next = (!cards.is_empty()).then(|| Link::new("Newer", "/desk?cursor=x"));
    let csrf = "token".to_owned();
    let bulk = (!cards.is_empty()).then(|| BulkForm {
        csrf: csrf.clone(),
        next: "/desk".to_owned(),
        all: Some(Link::new("Select all on this page", "/desk?select=all#bulk")),
        reasons: vec![Canned { code: "off-topic".to_owned(), label: hostile::long() }],
    });
    let claims = Some(ClaimsForm { csrf, mine: "/desk?list=mine".to_owned(), has_mine: false });
    let figures =
        Some("1,204 waiting, the oldest for 3 hours · 12 reported · 86 decided in the last hour".to_owned());
    let (bar, tabs, search) = (bar("Nora Lind"), tabs(), search(""));
    QueuePage {
        t: texts(),
        bar,
        tabs,
        flash,
        paused: vec![PausedLine {
            article: Link::new(Hostile::NAME, "/desk/articles?site=gazette&q=x"),
            what: texts().say("breaker-in-force-hold-all").with("until", "1 December 2026, 18:00 UTC").into(),
        }],
        figures,
        search,
        claims,
        whole: None,
        cards,
        bulk,
        first: None,
        next,
        here: "/desk?list=waiting".to_owned(),
        since: "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe".to_owned(),
        is_narrowed: false,
    }
}

/// The form above a list, as it is when nothing but words was asked for.
fn search(q: &str) -> SearchForm {
    let usual = |label: &str| Pick { value: String::new(), label: label.to_owned(), is_chosen: true };
    SearchForm {
        list: "waiting".to_owned(),
        q: q.to_owned(),
        problem: None,
        needs: vec![usual("Anything")],
        findings: vec![usual("Any or none")],
        sites: Vec::new(),
        orders: vec![usual("Oldest first")],
        same_as: None,
        cluster: None,
        article: None,
        is_open: false,
        narrowings: Vec::new(),
    }
}

/// A search that finds nothing, in a list that two links and the form have narrowed.
fn nothing_found() -> QueuePage {
    let narrowing = |text: &str, what: &str, url: Option<&str>| Narrowing {
        text: text.to_owned(),
        what: what.to_owned(),
        url: url.map(ToOwned::to_owned),
        ends: "/desk?list=waiting".to_owned(),
    };
    let search = SearchForm {
        problem: Some("Please look for at most 8 words at a time.".to_owned()),
        is_open: true,
        narrowings: vec![
            narrowing("Only from the address or the network of", "one comment", Some("/desk/comments/x")),
            narrowing("Only on the article", "news/<b>bridge</b>", None),
        ],
        ..search("one two three four five six seven eight \"nine\"")
    };
    QueuePage {
        search,
        figures: None,
        claims: None,
        since: "01a20af0-dc8f-7591-9eb1-0d2af4d96cfe".to_owned(),
        is_narrowed: true,
        ..queue(vec![], None)
    }
}

/// What waits on a good day.
fn good_day() -> [Card; 3] {
    let spam = Card {
        website: Some("https://buy-cheap-lamps.example/now".to_owned()),
        nothing: None,
        findings: vec![
            reason("honeypot", None),
            reason("links", Some("4")),
            Reason { written: Some("Cаsino".to_owned()), ..reason("word-spam", Some("casino")) },
            Reason {
                label: texts().finding_in("word-hold", Some(Field::Email)).into(),
                ..reason("word-hold", None)
            },
        ],
        ..card(
            2,
            "Bright Lamps 24",
            "<p>Best lamps, best price, visit https://buy-cheap-lamps.example/now</p>",
        )
    };
    let reply = Card {
        claim: Some(Claim::Mine("for 5 more minutes".to_owned())),
        selected: Some(true),
        earlier: Some("2 approved, 1 rejected".to_owned()),
        others: Some(Others {
            from_there: "/desk?list=waiting&same_as=x".to_owned(),
            on_article: "/desk?list=waiting&article=bridge".to_owned(),
            like_it: Some(Similar {
                label: "4 similar comments".to_owned(),
                url: "/desk?list=waiting&cluster=x".to_owned(),
            }),
        }),
        is_reply: true,
        reply_to: Some(ReplyTo {
            author: "Tom Bexley".to_owned(),
            excerpt: "Lovely for the people who drive in and look up. Less lovely if you work nights …"
                .to_owned(),
        }),
        ..card(
            1,
            "Priya N.",
            "<p>The nurses got their lit path, as the article says.</p><p>My shift ends at four and I have never felt safer.</p>",
        )
    };
    let edit = Card {
        label: "Edit waiting".to_owned(),
        changes: vec![
            span(Change::Kept, "They had never seen the Milky Way. Neither had I."),
            span(Change::Removed, " Thanks."),
            span(Change::Added, " Thank you to the guest house for the cocoa."),
        ],
        edit_html: Some("<p>We drove down from the city with the children. They had never seen the Milky Way. Neither had I. <strong>Thank you</strong> to the guest house for the cocoa.</p>".to_owned()),
        ..card(
            3,
            "Władysław Gąsior",
            "<p>We drove down from the city with the children. They had never seen the Milky Way. Neither had I.</p>",
        )
    };
    [reply, spam, edit]
}

/// What waits on a bad one.
fn bad_day() -> [Card; 3] {
    let bad = Card {
        claim: Some(Claim::Others { by: Hostile::NAME.to_owned(), left: "for 1 more minute".to_owned() }),
        website: Some(format!("javascript:alert(1){}", hostile::long())),
        article: Link::new(hostile::title(), "/demo"),
        editor: Some(Hostile::NAME.to_owned()),
        is_picked: true,
        site: Some("The Evening Gazette & Post".to_owned()),
        nothing: None,
        findings: vec![
            Reason { written: Some("W".repeat(60)), ..reason("word-hold", Some(&hostile::long())) },
            reason("mixed-script-name", Some(Hostile::NAME)),
        ],
        reply_to: Some(ReplyTo { author: "W".repeat(100), excerpt: hostile::long() }),
        ..card(4, Hostile::NAME, &format!("<p>{}</p>", hostile::long()))
    };
    let rtl = Card {
        is_reply: true,
        author: "عبد الرحمن بن محمد".to_owned(),
        ..card(5, "", "<p>هذا تعليق مكتوب من اليمين إلى اليسار.</p>")
    };
    let mut hold = card(6, "W".repeat(100).as_str(), "<p>Fine.</p>");
    "Approved".clone_into(&mut hold.label);
    hold.decide.choices = vec![Choice::Reject, Choice::Spam, Choice::Hold];
    [bad, rtl, hold]
}

/// Beside a published comment, with a reply that was refused.
fn forms() -> EditingForms {
    EditingForms {
        action: "/desk/comments/k1".to_owned(),
        csrf: "token".to_owned(),
        version: 1,
        edit: Some(TypedText { text: "The nurses got their lit path.".to_owned(), ..TypedText::default() }),
        picked: Some(false),
        reply: Some(TypedText {
            form: "reply",
            text: String::new(),
            error: "Please write a comment.".to_owned(),
        }),
        reply_key: "k".to_owned(),
        name: "Nora Lind".to_owned(),
        ask: Some(TypedText::default()),
        reporters: vec![(
            "r1".to_owned(),
            texts().say("contact-of-report").with("why", Hostile::NAME).with("when", "now").into(),
        )],
        contact: None,
        comment_chars: 10_000,
    }
}

fn reports() -> Vec<ReportEntry> {
    vec![
        ReportEntry {
            at: moment(3),
            label: texts().reported(ReportReason::Illegal, 1).into(),
            is_open: true,
            text: Some(hostile::long()),
            law: Some(Hostile::NAME.to_owned()),
        },
        ReportEntry {
            at: moment(9),
            label: texts().reported(ReportReason::Other, 1).into(),
            is_open: false,
            text: None,
            law: None,
        },
    ]
}

fn history() -> Vec<HistoryEntry> {
    vec![
        HistoryEntry {
            at: moment(20),
            what: "Rejected".to_owned(),
            who: Hostile::NAME.to_owned(),
            reason: Some("Off topic, please stay with the article.".to_owned()),
            note: Some(Hostile::NAME.to_owned()),
            note_erased: false,
            erases: Some("e1".to_owned()),
        },
        HistoryEntry {
            at: moment(290),
            what: "Approved".to_owned(),
            who: "Nora Lind".to_owned(),
            reason: None,
            note: None,
            note_erased: true,
            erases: None,
        },
    ]
}

pub(crate) fn desk() -> Vec<(&'static str, String)> {
    let [reply, spam, edit] = good_day();
    let undo = UndoForm {
        name: "decision_id",
        value: "k1".to_owned(),
        csrf: "token".to_owned(),
        next: "/desk".to_owned(),
    };
    let approved =
        || Some(Flash::Done { text: "Approved.".to_owned(), undo: Some(undo.clone()), next: None });
    let page = CommentPage {
        t: texts(),
        bar: bar("Nora Lind"),
        back: Link::new("Waiting", "/desk"),
        flash: approved(),
        card: Card { detail_url: None, is_reply: false, reply_to: None, ..reply.clone() },
        reports: reports(),
        thread: conversation(),
        forms: forms(),
        versions: vec![
            TextVersion { at: moment(2), editor: Some(Hostile::NAME.to_owned()), text: hostile::long() },
            TextVersion {
                at: moment(9),
                editor: None,
                text: "The nurses got their lit path.\nThanks!".to_owned(),
            },
        ],
        history: history(),
    };
    let asked = CommentPage {
        forms: EditingForms {
            contact: Some(Contact::Kept(ADDRESS.to_owned())),
            picked: Some(true),
            ..forms()
        },
        ..page.clone()
    };
    let reporter = CommentPage {
        forms: EditingForms {
            contact: Some(Contact::OfReport {
                email: ADDRESS.to_owned(),
                name: Some(Hostile::NAME.to_owned()),
            }),
            ..forms()
        },
        ..page.clone()
    };
    let sign_in = |error| SignInPage {
        t: texts(),
        action: "/desk/sign-in".to_owned(),
        csrf: "token".to_owned(),
        next: "/desk".to_owned(),
        email: "nora@gazette.example".to_owned(),
        error,
        is_welcome: false,
    };
    vec![
        ("desk-queue.html", render(&queue(vec![reply, spam, edit], approved()))),
        (
            "desk-hostile.html",
            render(&queue(
                bad_day().into(),
                Some(Flash::Conflict {
                    text: format!("Someone else was first: {} has approved it.", Hostile::NAME),
                    link: Some(Link::new("See the comment", "/desk/comments/k4")),
                }),
            )),
        ),
        ("desk-empty.html", render(&queue(vec![], None))),
        ("desk-search.html", render(&nothing_found())),
        ("desk-comment.html", render(&page)),
        ("desk-comment-asked.html", render(&asked)),
        ("desk-comment-reporter.html", render(&reporter)),
        ("desk-sign-in.html", render(&sign_in(None))),
        (
            "desk-sign-in-failed.html",
            render(&sign_in(Some("Email or password is not right. Please try again.".to_owned()))),
        ),
        (
            "desk-message.html",
            render(&DeskMessagePage {
                t: texts(),
                bar: Some(bar("Nora Lind")),
                status: 403,
                title: "This form is out of date".to_owned(),
                text: "You were signed out or the page was open for a long time. Nothing was changed."
                    .to_owned(),
                link: Some(Link::new("Back to the queue", "/desk")),
            }),
        ),
    ]
}

/// What stands behind the link in a mail.
pub(crate) fn links() -> Vec<(&'static str, String)> {
    let [reply, _, edit] = good_day();
    let [bad, ..] = bad_day();
    let linked = |card: Card, decides_for: Option<&str>| {
        let decide = DecisionForm {
            action: "/d/AgIBk-abc".to_owned(),
            csrf: String::new(),
            next: String::new(),
            choices: vec![Choice::Approve, Choice::Reject, Choice::Spam],
            has_notes: false,
            can_escalate: false,
            ..card.decide
        };
        let card = Card {
            earlier: None,
            others: None,
            site: None,
            detail_url: None,
            claim: None,
            selected: None,
            decide,
            block: None,
            ..card
        };
        render(&LinkPage {
            t: texts(),
            site: "The Gazette".to_owned(),
            card,
            decides_for: decides_for.map(str::to_owned),
            until: moment(-10_080).exact,
            desk_url: "/desk/comments/k1".to_owned(),
        })
    };
    let settled = |settled: Settled, (author, text): (&str, &str)| {
        let is_told = matches!(settled, Settled::Yours(_) | Settled::Others(..));
        let about = is_told.then(|| About {
            author: author.to_owned(),
            article: Link::new(calm::HEADLINE, "/demo"),
            text: text.to_owned(),
            reason: (settled == Settled::Yours(Status::Rejected)).then(|| text.to_owned()),
            published_url: (settled == Settled::Yours(Status::Approved))
                .then(|| "/demo#comment-k1".to_owned()),
        });
        render(&SettledLinkPage {
            t: texts(),
            site: "The Gazette".to_owned(),
            is_refused: settled != Settled::Yours(Status::Approved),
            at: is_told.then(|| moment(12)),
            about,
            settled,
            desk_url: "/desk/comments/k1".to_owned(),
        })
    };
    let calm = ("Priya N.", "The nurses got their lit path, as the article says.");
    let (long, name) = (hostile::long(), Some(Hostile::NAME.to_owned()));
    let hostile = (Hostile::NAME, long.as_str());
    vec![
        ("link-open.html", linked(reply, None)),
        ("link-open-edit.html", linked(edit, Some("Nora Lind"))),
        ("link-open-hostile.html", linked(bad, Some(Hostile::NAME))),
        ("link-approved.html", settled(Settled::Yours(Status::Approved), calm)),
        ("link-rejected.html", settled(Settled::Yours(Status::Rejected), hostile)),
        ("link-others.html", settled(Settled::Others(Status::Spam, None), calm)),
        ("link-others-named.html", settled(Settled::Others(Status::Approved, name), hostile)),
        ("link-others-waiting.html", settled(Settled::Others(Status::Pending, None), calm)),
        ("link-changed.html", settled(Settled::Changed, calm)),
        ("link-withdrawn.html", settled(Settled::Withdrawn, calm)),
    ]
}
