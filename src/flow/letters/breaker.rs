//! The letter about an article that a rule took out of the usual rules.

use url::form_urlencoded::Serializer;

use crate::{
    domain::{ArticleId, OutboxId, Timestamp},
    flow::App,
    notify::{BreakerMail, Letter},
    store::StoreError,
    texts::Texts,
};

/// The letter as things stand now; none when that breaker is over, or another one took its place.
pub async fn breaker(
    app: &App,
    id: OutboxId,
    (article, tripped_at): (ArticleId, Timestamp),
) -> Result<Option<Letter>, StoreError> {
    let (t, now) = (Texts::default(), app.clock.now());
    let Some(row) = app.db.read(async |tx| tx.article_of(article).await).await? else { return Ok(None) };
    let in_force = row.rules.breaker(now).filter(|_| row.breaker.breaker_at == Some(tripped_at));
    let (Some(breaker), Some(cause), Some(site)) = (in_force, row.breaker.cause(), app.sites.get(row.site))
    else {
        return Ok(None);
    };
    let mail = BreakerMail {
        t,
        site: site.name.clone(),
        article_title: row.title.clone(),
        action: breaker.action,
        cause,
        slow: t.wait(row.rules.slow_seconds(&site.policy, now)).to_string(),
        since: t.moment(tripped_at).to_string(),
        until: t.moment(breaker.until).to_string(),
        url: format!("{}{}", app.settings.public_url, page(site.key.as_str(), &row.key)),
    };
    Ok(Some(Letter {
        id: id.to_string(),
        date: tripped_at,
        site: site.key.as_str().to_owned(),
        thread: super::thread(site.key.as_str(), &row.key),
        subject: mail.subject(),
        text: mail.text().unwrap_or_default(),
        html: mail.html().unwrap_or_default(),
        unsubscribe: None,
    }))
}

/// Where an article is at the desk.
fn page(site: &str, article: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("site", site).append_pair("q", article).finish();
    format!("/desk/articles?{query}")
}
