-- people/: the version of person.wrapped_profile, and the addresses that a person keeps.
alter table person add column profile_version bigint not null default 1;

create table person_address (
  person_address_id bytea not null primary key,
  person_id bytea not null references person (person_id),
  wrapped_address bytea not null,
  created_at bigint not null,
  version bigint not null
);
create index person_address_by_person on person_address (person_id, person_address_id);

-- people/: the operator's directory of companies, from which people pick theirs while they type. `code` is the
-- operator's own for a company at one address; `name_key` is a name as people look for it (people/company_name.hpp).
create table company (
  code text not null primary key,
  name text not null,
  native_name text,
  country text not null,
  postal_code text,
  region text,
  city text not null,
  line1 text not null,
  line2 text,
  domain text
);

create table company_key (
  name_key text not null,
  code text not null references company (code),
  primary key (name_key, code)
);
create index company_key_by_code on company_key (code);
