-- people/: who asked for an account and has not proved the address yet. There is such a row for an address that has an
-- account, too, so that nobody can tell the difference; it leads nowhere.
create table sign_up (
  sign_up_id bytea not null primary key,
  handle_lookup bytea not null unique,
  link_lookup bytea not null unique,
  mail_lookup bytea not null,
  wrapped_wish bytea not null,
  created_at bigint not null,
  expires_at bigint not null,
  mails_sent bigint not null,
  mailed_at bigint not null
);
create index sign_up_by_mail on sign_up (mail_lookup);
create index sign_up_by_expiry on sign_up (expires_at);

-- Where a session came from, as its owner is shown it: address and browser.
alter table person_session add column wrapped_origin bytea;

create table person_sign_in (
  session_id bytea not null primary key,
  person_id bytea not null references person (person_id),
  at bigint not null,
  wrapped_origin bytea not null
);
create index person_sign_in_by_person on person_sign_in (person_id, session_id);
create index person_sign_in_by_at on person_sign_in (at);
