-- Pages of the desk: articles as editors keep them, and what operators see of the outbox.

-- Rises with every change of what the site or the desk says of an article, so that a page that was opened before a
-- change cannot take it back. The version is another thing: it counts what readers notice, each approval too.
alter table articles add column edition integer not null default 1;

-- The newest ones of a site, and those under an address.
create index articles_site on articles (site, id) where deleted_at is null;
create index articles_url on articles (site, url);

-- What waits below one article.
create index comments_waiting_article on comments (article, id) where needs is not null;

-- Messages by what became of them: those that were given up are few among those that were sent.
drop index outbox_settled;
create index outbox_settled on outbox (outcome, settled_at, id) where outcome is not null;
