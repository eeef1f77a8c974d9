-- The installation itself, and what the storage layer needs.
create table installation (
  id bigint not null primary key check (id = 1),
  installation_id bytea not null,
  epoch bigint not null,
  created_at bigint not null,
  clock_floor_at bigint not null,
  is_sample boolean not null
);

create table request_outcome (
  request_id bytea not null primary key,
  at bigint not null
);
create index request_outcome_by_at on request_outcome (at);

create table counter (
  name text not null primary key,
  value bigint not null
);

-- keys/: certificates and the keys that sign, wrapped by the master key.
create table signing_key (
  key_id bytea not null primary key,
  purpose text not null,
  certificate bytea not null,
  wrapped_private_key bytea not null,
  not_before bigint not null,
  not_after bigint not null,
  retired_at bigint
);

-- audit/: one event for each change of state. Personal fields are kept apart, so that they can be erased; the event
-- holds a salted commitment to them.
create table event (
  smart_account_id bytea not null,
  event_id bytea not null,
  at bigint not null,
  kind text not null,
  actor_kind text not null,
  actor_id bytea,
  virtual_account_id bytea,
  subject_kind text not null,
  subject_id bytea,
  data text not null,
  commitment bytea,
  primary key (smart_account_id, event_id)
);
create index event_by_virtual_account on event (smart_account_id, virtual_account_id, event_id);
create index event_by_id on event (event_id);

create table event_personal (
  smart_account_id bytea not null,
  event_id bytea not null,
  salt bytea not null,
  wrapped_value bytea not null,
  primary key (smart_account_id, event_id)
);

-- What the sealing job has still to chain.
create table event_unsealed (
  smart_account_id bytea not null,
  event_id bytea not null,
  primary key (smart_account_id, event_id)
);

create table event_seal (
  smart_account_id bytea not null,
  sequence bigint not null,
  event_id bytea not null,
  digest bytea not null,
  primary key (smart_account_id, sequence)
);
create unique index event_seal_by_event on event_seal (smart_account_id, event_id);

create table event_head (
  smart_account_id bytea not null primary key,
  sequence bigint not null,
  digest bytea not null,
  signed_at bigint not null,
  signature text not null
);

-- people/
create table person (
  person_id bytea not null primary key,
  mail_lookup bytea not null unique,
  wrapped_profile bytea not null,
  language text not null,
  password_hash text,
  password_changed_at bigint,
  created_at bigint not null,
  disabled_at bigint
);

create table person_session (
  session_lookup bytea not null primary key,
  session_id bytea not null,
  person_id bytea not null references person (person_id),
  created_at bigint not null,
  used_at bigint not null,
  expires_at bigint not null
);
create index person_session_by_person on person_session (person_id, session_id);
create index person_session_by_expiry on person_session (expires_at);

create table one_time_link (
  link_lookup bytea not null primary key,
  one_time_link_id bytea not null,
  person_id bytea not null references person (person_id),
  purpose text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index one_time_link_by_person on one_time_link (person_id);

create table attempt_bucket (
  bucket_lookup bytea not null primary key,
  failures bigint not null,
  since_at bigint not null,
  blocked_until_at bigint not null
);
create index attempt_bucket_by_since on attempt_bucket (since_at);

create table idempotent_answer (
  key_lookup bytea not null primary key,
  request_hash bytea not null,
  status bigint not null,
  wrapped_body bytea not null,
  created_at bigint not null
);
create index idempotent_answer_by_created on idempotent_answer (created_at);

-- jobs/
create table lease (
  name text not null primary key,
  holder bytea not null,
  expires_at bigint not null
);

create table job (
  job_id bytea not null primary key,
  kind text not null,
  state text not null,
  status text not null,
  initiator_id bytea,
  not_before_at bigint not null,
  total bigint not null,
  done bigint not null,
  problem text,
  created_at bigint not null,
  updated_at bigint not null,
  finished_at bigint
);
create index job_by_status on job (status, job_id);

create table job_input (
  job_id bytea not null references job (job_id),
  position bigint not null,
  data text not null,
  primary key (job_id, position)
);

create table timer (
  kind text not null,
  smart_account_id bytea not null,
  subject_id bytea not null,
  due_at bigint not null,
  primary key (kind, smart_account_id, subject_id)
);
create index timer_by_due on timer (kind, due_at);
