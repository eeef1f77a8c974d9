-- people/: who wants another mail address and has not confirmed it at both ends yet; one change a person. There is
-- such a row for an address that somebody else has, too, so that nobody can tell the difference.
create table mail_change (
  person_id bytea not null primary key references person (person_id),
  session_id bytea not null,
  new_link_lookup bytea not null unique,
  old_link_lookup bytea not null unique,
  wrapped_wish bytea not null,
  created_at bigint not null,
  expires_at bigint not null,
  new_confirmed_at bigint,
  old_confirmed_at bigint,
  mails_sent bigint not null,
  mailed_at bigint not null
);
create index mail_change_by_expiry on mail_change (expires_at);
