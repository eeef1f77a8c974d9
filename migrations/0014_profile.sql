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
