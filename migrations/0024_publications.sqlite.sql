-- publications/: texts that the operator publishes. current_edition is the one in force, 0 before the first; a draft is
-- the edition behind it. product_code is empty but for the agreement of a product.
create table publication (
  publication_id bytea not null,
  kind text not null,
  product_code text not null,
  current_edition bigint not null,
  version bigint not null,
  primary key (publication_id)
) strict;
create unique index publication_by_kind on publication (kind, product_code);

-- A published edition never changes. The texts are long, so the table has rowids (migration 10 tells why).
create table publication_edition (
  publication_id bytea not null references publication (publication_id),
  edition bigint not null,
  title_ja text not null,
  title_en text not null,
  body_ja text not null,
  body_en text not null,
  published_at bigint,
  primary key (publication_id, edition)
) strict;

-- Who accepted which edition of an agreement for a Smart Account.
create table agreement_acceptance (
  smart_account_id bytea not null references smart_account (smart_account_id),
  publication_id bytea not null,
  edition bigint not null,
  person_id bytea not null references person (person_id),
  accepted_at bigint not null,
  primary key (smart_account_id, publication_id, edition)
) strict;
create index agreement_acceptance_by_time
  on agreement_acceptance (smart_account_id, accepted_at, publication_id, edition);
