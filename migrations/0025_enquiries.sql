-- support/: what people ask the operator for, and what came of it.
--
-- Whoever asks is shown as its profile says, so nothing of that is kept here. number is the one that people name over
-- the telephone.
create table enquiry (
  enquiry_id bytea not null primary key,
  number bigint not null,
  person_id bytea not null references person (person_id),
  subject text not null,
  status text not null,
  domain text,
  created_at bigint not null,
  changed_at bigint not null,
  entries bigint not null,
  version bigint not null
);
create unique index enquiry_by_number on enquiry (number);
create index enquiry_by_person on enquiry (person_id, enquiry_id);
create index enquiry_by_status on enquiry (status, enquiry_id);

-- The history: position counts from 1. An entry that only says that the enquiry was closed has no text.
create table enquiry_entry (
  enquiry_id bytea not null references enquiry (enquiry_id),
  position bigint not null,
  kind text not null,
  author_id bytea not null,
  wrapped_text bytea,
  created_at bigint not null,
  primary key (enquiry_id, position)
);
create index enquiry_entry_by_author on enquiry_entry (author_id, created_at);
