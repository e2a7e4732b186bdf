//! The route table: every path on one screen, with what guards it.
//!
//! Handlers translate between HTTP and the flows; they decide nothing. `layer::edge`, with what `gate` refuses, stands in
//! front of all of them, `limits` in front of what is counted by client, and CORS in front of the routes that
//! pages of the news site call; `layer::line` stands around each of them.

mod admin;
mod audit;
pub mod auth;
mod batches;
mod blocks;
mod body;
mod claims;
mod cookies;
mod cors;
pub mod desk;
mod details;
mod editing;
mod error;
mod events;
mod fields;
mod gate;
mod item;
mod json;
mod language;
mod layer;
mod limits;
mod listing;
mod moderation;
pub mod openapi;
mod ops;
mod outbox;
mod policy;
mod prepared;
pub mod probe;
pub mod public;
mod query;
mod reasons;
mod router;
mod session;
mod table;
pub mod view;
mod words;

use std::sync::{Arc, atomic::AtomicBool};

use actix_web::{middleware::from_fn, web::ServiceConfig};
use ipnet::IpNet;

use self::{
    error::ApiError,
    public::widget::Prepared,
    table::{for_pages, others},
};
pub use self::{
    events::Watching,
    router::{ops_routes, router},
    table::{Group, Line, Way, at},
};
use crate::{
    clock::Clock,
    domain::Site,
    flow::{App, limits::Limits},
    screen::Limiter,
};

/// Largest body of a request, in bytes.
pub const BODY_BYTES: usize = 128 * 1024;

/// Largest body of a request that sets word lists, in bytes.
pub const WORDS_BYTES: usize = 16 * 1024 * 1024;

/// What the HTTP side needs beside the use cases.
#[derive(Debug)]
pub struct Shared {
    /// The peers whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Submissions of one client.
    pub submissions: Limiter,
    /// Requests of a limited client that may be repetitions.
    pub replays: Limiter,
    /// What one client does by receipts.
    pub receipts: Limiter,
    /// Reports of one client.
    pub reports: Limiter,
    /// Attempts to sign in of one client.
    pub sign_ins: Limiter,
    /// Who watches the queue, and in how many windows.
    pub watching: Watching,
    /// What widgets say.
    pub widgets: Prepared,
    /// The demo's article page is served.
    pub is_demo: bool,
    /// The process is about to end: load balancers should look elsewhere.
    pub draining: AtomicBool,
}

impl Shared {
    /// The limits of a process, all empty.
    pub fn new(limits: &Limits, trusted_proxies: Vec<IpNet>, clock: &Clock) -> Self {
        let limiter = |limit| Limiter::new(limit, limits.clients_tracked, clock);
        Self {
            trusted_proxies,
            submissions: limiter(limits.submit),
            replays: limiter(limits.replay),
            receipts: limiter(limits.receipts),
            reports: limiter(limits.reports),
            sign_ins: limiter(limits.sign_in),
            watching: Watching::default(),
            widgets: Prepared::default(),
            is_demo: false,
            draining: AtomicBool::new(false),
        }
    }
}

/// Paths beside those of the table, which only tests bring along.
pub type Extra = fn(&mut ServiceConfig);

/// Every path and what it takes. What is for programs comes with its description (`about_…`): without one it cannot
/// stand here, and what does not stand here is not described.
pub fn table() -> Vec<Group> {
    use desk::links;
    use public::{mail, receipt_page, report_page, standing};
    let mut groups = of_pages();
    groups.extend([
        others(vec![
            at("/sites/{site}/comments").read(standing::page, standing::about_page),
            at("/sites/{site}/comments/{id}/report").read(report_page::page, report_page::about_page),
            at("/receipts/{token}")
                .read(receipt_page::page, receipt_page::about_page)
                .post(receipt_page::act, receipt_page::about_act)
                .behind(|route| route.wrap(from_fn(limits::receipts))),
            at("/mail/{token}")
                .read(mail::page, mail::about_page)
                .post(mail::act, mail::about_act)
                .behind(|route| route.wrap(from_fn(limits::mails))),
            at("/v1/moderation/comments").read(moderation::list, moderation::about_list),
            at("/v1/moderation/comments/{id}")
                .read(moderation::get, moderation::about_get)
                .patch(editing::patch, editing::about_patch),
            at("/v1/moderation/comments/{id}/replies").post(editing::reply, editing::about_reply),
            at("/v1/moderation/comments/{id}/contact").post(editing::contact, editing::about_contact),
            at("/v1/moderation/comments/{id}/decisions").post(moderation::decide, moderation::about_decide),
            at("/v1/moderation/stats").read(moderation::stats, moderation::about_stats),
            at("/v1/moderation/decisions").post(batches::decide, batches::about_decide),
            at("/v1/moderation/undo").post(batches::undo, batches::about_undo),
            at("/v1/moderation/claims")
                .post(claims::take, claims::about_take)
                .put(claims::renew, claims::about_renew)
                .delete(claims::give_back, claims::about_give_back),
            at("/v1/moderation/blocks")
                .read(blocks::list, blocks::about_list)
                .post(blocks::make, blocks::about_make),
            at("/v1/moderation/blocks/{id}").delete(blocks::end, blocks::about_end),
            at("/v1/moderation/events").watch(events::stream, events::about_stream),
            at("/v1/ops/outbox")
                .read(outbox::list, outbox::about_list)
                .post(outbox::settle, outbox::about_settle),
            at("/v1/audit").read(audit::list, audit::about_list),
            at("/v1/session")
                .read(session::show, session::about_show)
                .post(session::sign_in, session::about_sign_in)
                .behind(|route| route.wrap(from_fn(limits::sign_ins)))
                .delete(session::sign_out, session::about_sign_out),
            at("/v1/admin/moderators")
                .read(admin::list, admin::about_list)
                .post(admin::add, admin::about_add),
            at("/v1/admin/moderators/{id}")
                .patch(admin::change, admin::about_change)
                .delete(admin::remove, admin::about_remove),
            at("/v1/admin/tokens").read(admin::tokens::list, admin::tokens::about_list),
            at("/v1/admin/tokens/{id}").delete(admin::tokens::revoke, admin::tokens::about_revoke),
            at("/d/{token}").read(links::page, links::about_page).post(links::decide, links::about_decide),
            at("/openapi.json").read(openapi::get, openapi::about_get),
        ]),
        pages(),
    ]);
    groups
}

/// What pages of the news site call.
fn of_pages() -> Vec<Group> {
    use public::{
        articles, breakers, comments, engaging, form, reading, receipts, reports, syndication, widget,
        wordpress,
    };
    vec![
        for_pages(
            "/v1/sites/{site}",
            vec![
                at("/comments")
                    .read(reading::comments, reading::about_comments)
                    .post(comments::post, comments::about_post)
                    .behind(|route| route.wrap(from_fn(limits::submissions))),
                at("/comments.html").read(syndication::html, syndication::about_html),
                at("/comments.jsonld").read(syndication::linked, syndication::about_linked),
                at("/feed.atom").read(syndication::feed, syndication::about_feed),
                at("/comments/{id}").read(reading::comment, reading::about_comment),
                at("/comments/{id}/replies").read(reading::replies, reading::about_replies),
                at("/comments/{id}/reports")
                    .post(reports::post, reports::about_post)
                    .behind(|route| route.wrap(from_fn(limits::reports))),
                at("/wp-comments-post.php")
                    .post(wordpress::post, wordpress::about_post)
                    .behind(|route| route.wrap(from_fn(limits::submissions))),
                at("/counts").read(reading::counts, reading::about_counts),
                at("/engaging").read(engaging::list, engaging::about_list),
                at("/engaging.html").read(engaging::fragment, engaging::about_fragment),
                at("/form").read(form::token, form::about_token),
                at("/widget").read(widget::data, widget::about_data),
                at("/reasons").read(reasons::get, reasons::about_get).put(reasons::put, reasons::about_put),
                at("/policy").read(policy::get, policy::about_get).put(policy::put, policy::about_put),
                at("/words")
                    .read(words::get, words::about_get)
                    .put(words::put, words::about_put)
                    .behind(|route| route.wrap(from_fn(limits::known_moderators)))
                    .holds(WORDS_BYTES),
                at("/articles/{key}")
                    .read(articles::get, articles::about_get)
                    .put(articles::put, articles::about_put)
                    .patch(articles::patch, articles::about_patch)
                    .delete(articles::delete, articles::about_delete),
                at("/articles/{key}/breaker")
                    .put(breakers::put, breakers::about_put)
                    .delete(breakers::delete, breakers::about_delete),
            ],
        ),
        for_pages(
            "/v1/receipts",
            vec![
                at("/{token}")
                    .read(receipts::get, receipts::about_get)
                    .patch(receipts::patch, receipts::about_patch)
                    .behind(|route| route.wrap(from_fn(limits::receipts)))
                    .delete(receipts::delete, receipts::about_delete)
                    .behind(|route| route.wrap(from_fn(limits::receipts))),
                at("/{token}/appeal")
                    .post(receipts::appeal, receipts::about_appeal)
                    .behind(|route| route.wrap(from_fn(limits::receipts))),
            ],
        ),
    ]
}

/// What people see.
fn pages() -> Group {
    use desk::{account, invitation, mail_form, people, second_factor};
    use public::{assets, widget};
    others(vec![
        at("/desk").page(desk::queue),
        at("/desk/sign-in")
            .page(desk::sign_in_page)
            .form(desk::sign_in)
            .behind(|route| route.wrap(from_fn(limits::sign_ins))),
        at("/desk/audit").page(desk::audit::page).form(desk::audit::act),
        at("/desk/articles").page(desk::articles::page).form(desk::articles::act),
        at("/desk/blocks").page(desk::blocks::page).form(desk::blocks::act),
        at("/desk/outbox").page(desk::outbox::page).form(desk::outbox::act),
        at("/desk/policy").page(desk::policy::page).form(desk::policy::act),
        at("/desk/reasons").page(desk::reasons::page).form(desk::reasons::act),
        at("/desk/words")
            .page(desk::words::page)
            .form(desk::words::act)
            .behind(|route| route.wrap(from_fn(limits::known_editors)))
            .holds(WORDS_BYTES),
        at("/desk/sign-out").form(desk::sign_out),
        at("/desk/decisions").form(desk::decide_selected),
        at("/desk/undo").form(desk::undo),
        at("/desk/claims").form(desk::claim_many),
        at("/desk/invitations/{token}").page(invitation::page).form(invitation::accept),
        at("/desk/account").page(account::page),
        at("/desk/account/mail").form(mail_form::save),
        at("/desk/account/password").form(account::password),
        at("/desk/account/sessions").form(account::sessions),
        at("/desk/account/tokens").form(account::tokens),
        at("/desk/account/second-factor").page(second_factor::page).form(second_factor::act),
        at("/desk/people").page(people::page).form(people::add),
        at("/desk/people/{id}").form(people::act),
        at("/desk/comments/{id}").page(desk::comment).form(desk::editing::act),
        at("/desk/comments/{id}/decisions").form(desk::decide),
        at("/desk/comments/{id}/claim").form(desk::claim),
        at("/problems").page(assets::problems),
        at("/problems/{slug}").page(assets::problem),
        at("/assets/{name}").page(assets::asset),
        at("/favicon.ico").page(assets::favicon),
        at("/embed.js").page(widget::script),
    ])
}

/// The site of a path.
fn site(app: &App, key: &str) -> Result<Arc<Site>, ApiError> {
    app.sites.find(key).ok_or(ApiError::NotFound)
}
