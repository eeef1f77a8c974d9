-- people/: programs that act for a person (OAuth 2 client credentials), for all its accounts or for one. One that was
-- ended keeps its row, because the event log names it.
create table program (
  program_id bytea not null primary key,
  person_id bytea not null references person (person_id),
  smart_account_id bytea references smart_account (smart_account_id),
  name text not null,
  only_reads boolean not null,
  created_at bigint not null,
  ends_at bigint,
  used_at bigint,
  ended_at bigint,
  version bigint not null
);
create index program_by_person on program (person_id, program_id) where ended_at is null;
create index program_by_account on program (smart_account_id, program_id) where ended_at is null;

-- What a program proves itself with. Several hold while one follows another.
create table program_secret (
  secret_lookup bytea not null primary key,
  program_secret_id bytea not null,
  program_id bytea not null references program (program_id),
  last_characters text not null,
  created_at bigint not null,
  ends_at bigint
);
create index program_secret_by_program on program_secret (program_id, program_secret_id);

create table program_token (
  token_lookup bytea not null primary key,
  program_id bytea not null references program (program_id),
  program_secret_id bytea not null,
  only_reads boolean not null,
  expires_at bigint not null
);
create index program_token_by_program on program_token (program_id, expires_at);
create index program_token_by_expiry on program_token (expires_at);
