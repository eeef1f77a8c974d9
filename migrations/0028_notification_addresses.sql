-- accounts/: mail addresses beside those of the administrators to which an account's mails go. mail_lookup and
-- link_lookup are keyed hashes; wrapped_address holds the address and the secret of its link.
create table notification_address (
  smart_account_id bytea not null references smart_account (smart_account_id),
  notification_address_id bytea not null,
  mail_lookup bytea not null,
  link_lookup bytea not null,
  wrapped_address bytea not null,
  language text not null,
  created_at bigint not null,
  confirmed_at bigint,
  primary key (smart_account_id, notification_address_id)
);
create unique index notification_address_by_mail on notification_address (smart_account_id, mail_lookup);
create unique index notification_address_by_link on notification_address (link_lookup);
