-- What a moderator reads around a comment: whom it answers, and who answered it, whatever their status.
create index comments_answers on comments (reply_to, id) where reply_to is not null;
