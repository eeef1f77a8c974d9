-- catalog/: everything is versioned; a row is in force from `effective_from` until `effective_to` (microseconds UTC).
create table catalog_version (
  version bigint not null primary key,
  effective_at bigint not null,
  created_at bigint not null,
  source text not null
);

create table product_family (
  family_code text not null,
  effective_from bigint not null,
  effective_to bigint not null,
  name_en text not null,
  name_ja text not null,
  primary key (family_code, effective_from)
);

create table product (
  product_id bytea not null,
  effective_from bigint not null,
  effective_to bigint not null,
  code text not null,
  family_code text not null,
  name_en text not null,
  name_ja text not null,
  description_en text not null,
  description_ja text not null,
  primary key (product_id, effective_from)
);
create index product_by_code on product (code, effective_from);

create table entitlement (
  entitlement_id bytea not null,
  effective_from bigint not null,
  effective_to bigint not null,
  code text not null,
  tag text not null,
  family_code text not null,
  name_en text not null,
  name_ja text not null,
  description_en text not null,
  description_ja text not null,
  license_types text not null,
  enforced boolean not null,
  export_controlled boolean not null,
  primary key (entitlement_id, effective_from)
);
create index entitlement_by_code on entitlement (code, effective_from);

create table substitution (
  lender_id bytea not null,
  borrower_id bytea not null,
  effective_from bigint not null,
  effective_to bigint not null,
  priority bigint not null,
  primary key (lender_id, borrower_id, effective_from)
);

create table compatibility (
  product_id bytea not null,
  entitlement_id bytea not null,
  effective_from bigint not null,
  effective_to bigint not null,
  primary key (product_id, entitlement_id, effective_from)
);

-- licenses/: a lot is what one order line deposited; entries move its quantity between holders; a holding is the
-- running balance of one holder. Holder kinds: operator, virtual_account, device, expired, returned.
create table lot (
  smart_account_id bytea not null,
  lot_id bytea not null,
  entitlement_id bytea not null,
  license_type text not null,
  quantity bigint not null,
  starts_at bigint not null,
  ends_at bigint not null,
  subscription text,
  source_kind text not null,
  source_reference text not null,
  created_at bigint not null,
  primary key (smart_account_id, lot_id)
);

create table ledger_entry (
  smart_account_id bytea not null,
  ledger_entry_id bytea not null,
  lot_id bytea not null,
  effective_at bigint not null,
  recorded_at bigint not null,
  from_kind text not null,
  from_id bytea not null,
  to_kind text not null,
  to_id bytea not null,
  quantity bigint not null,
  reason text not null,
  primary key (smart_account_id, ledger_entry_id)
);
create index ledger_entry_by_lot on ledger_entry (smart_account_id, lot_id, ledger_entry_id);

create table holding (
  smart_account_id bytea not null,
  holder_kind text not null,
  holder_id bytea not null,
  entitlement_id bytea not null,
  lot_id bytea not null,
  quantity bigint not null,
  starts_at bigint not null,
  ends_at bigint not null,
  primary key (smart_account_id, holder_kind, holder_id, entitlement_id, lot_id)
);
create index holding_by_lot on holding (smart_account_id, lot_id);
create index holding_by_end on holding (smart_account_id, holder_kind, holder_id, entitlement_id, ends_at);
create index holding_by_expiry on holding (smart_account_id, holder_kind, ends_at, holder_id, starts_at, quantity);
create index holding_by_start on holding (smart_account_id, holder_kind, holder_id, entitlement_id, starts_at);

-- What pages, alerts and devices are told; written by the transaction that changes an input. `sort_name` orders pages.
create table position (
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  entitlement_id bytea not null,
  owned bigint not null,
  in_use bigint not null,
  reserved bigint not null,
  borrowed bigint not null,
  lent bigint not null,
  short bigint not null,
  next_boundary_at bigint not null,
  next_end_at bigint,
  primary key (smart_account_id, virtual_account_id, entitlement_id)
);
create index position_by_short on position (smart_account_id, virtual_account_id, short, entitlement_id);

create table loan (
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  borrower_id bytea not null,
  lender_id bytea not null,
  quantity bigint not null,
  primary key (smart_account_id, virtual_account_id, borrower_id, lender_id)
);

-- One row for each substitution group that a virtual account has to do with; the row guards the group's positions.
create table compliance (
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  group_id bytea not null,
  in_compliance boolean not null,
  next_boundary_at bigint not null,
  changed_at bigint not null,
  primary key (smart_account_id, virtual_account_id, group_id)
);
create index compliance_by_boundary on compliance (smart_account_id, next_boundary_at);

-- The overview of one virtual account, kept with its positions.
create table virtual_account_total (
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  owned bigint not null,
  in_use bigint not null,
  borrowed bigint not null,
  short bigint not null,
  surplus bigint not null,
  entitlement_count bigint not null,
  short_entitlement_count bigint not null,
  device_count bigint not null,
  primary key (smart_account_id, virtual_account_id)
);
