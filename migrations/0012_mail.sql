-- mail/: what is still to be sent (next_at), what could not be sent (problem, nothing at the other two), and, where the
-- program has no mail server, what the mailbox page shows (delivered_at). Sent mails are gone.
create table mail (
  mail_id bytea not null primary key,
  template text not null,
  wrapped_message bytea not null,
  created_at bigint not null,
  attempts bigint not null,
  next_at bigint,
  delivered_at bigint,
  problem text
);
create index mail_by_next on mail (next_at, mail_id);
