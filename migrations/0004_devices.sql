-- devices/
create table registration_token (
  smart_account_id bytea not null,
  registration_token_id bytea not null,
  virtual_account_id bytea not null,
  secret_lookup bytea not null,
  wrapped_secret bytea not null,
  description text not null,
  max_uses bigint,
  uses bigint not null,
  expires_at bigint not null,
  export_controlled_allowed boolean not null,
  created_by bytea,
  created_at bigint not null,
  revoked_at bigint,
  primary key (smart_account_id, registration_token_id)
);
create index registration_token_by_virtual_account on registration_token (smart_account_id, virtual_account_id, registration_token_id);

create table device (
  smart_account_id bytea not null,
  device_id bytea not null,
  virtual_account_id bytea not null,
  product_id bytea not null,
  registration_token_id bytea,
  export_controlled_allowed boolean not null,
  status text not null,
  display_name text not null,
  sort_name text not null,
  udi_product_id text not null,
  udi_serial_number text not null,
  wrapped_details bytea not null,
  public_key bytea not null,
  previous_public_key bytea,
  key_thumbprint bytea not null,
  identity_certificate bytea not null,
  identity_expires_at bigint not null,
  registered_at bigint not null,
  removed_at bigint,
  primary key (smart_account_id, device_id)
);
create index device_by_virtual_account on device (smart_account_id, virtual_account_id, status, sort_name, device_id);
create index device_by_registered on device (smart_account_id, virtual_account_id, status, registered_at, device_id);
create index device_by_serial on device (smart_account_id, udi_product_id, udi_serial_number);

-- The narrow row that every check-in writes, and nothing else with it.
create table device_contact (
  smart_account_id bytea not null,
  device_id bytea not null,
  last_contact_at bigint not null,
  sequence bigint not null,
  message_hash bytea not null,
  answer bytea not null,
  report_hash bytea not null,
  authorization_state text not null,
  released_at bigint,
  warned_at bigint,
  primary key (smart_account_id, device_id)
);

-- Finds devices that have been silent for long.
create index device_contact_by_last on device_contact (smart_account_id, last_contact_at);

-- First registrations, so that a repeated register message gets its answer again. Keyed by the message, not the device.
create table registration (
  smart_account_id bytea not null,
  message_hash bytea not null,
  device_id bytea not null,
  created_at bigint not null,
  primary key (smart_account_id, message_hash)
);

-- What a device uses now, and each change of it.
create table device_use (
  smart_account_id bytea not null,
  device_id bytea not null,
  entitlement_id bytea not null,
  quantity bigint not null,
  primary key (smart_account_id, device_id, entitlement_id)
);
create index device_use_by_entitlement on device_use (smart_account_id, entitlement_id, device_id);

create table use_entry (
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  entitlement_id bytea not null,
  at bigint not null,
  device_id bytea not null,
  quantity bigint not null,
  change bigint not null,
  primary key (smart_account_id, virtual_account_id, entitlement_id, at, device_id)
);

create table usage_report (
  smart_account_id bytea not null,
  device_id bytea not null,
  report_hash bytea not null,
  previous_hash bytea not null,
  report_id text not null,
  entitlement_id bytea not null,
  started_at bigint not null,
  ended_at bigint not null,
  measurements text not null,
  received_at bigint not null,
  primary key (smart_account_id, device_id, report_hash)
);

-- orders/: the identity of a line is (order, line).
create table order_line (
  order_number text not null,
  line_number bigint not null,
  content_hash bytea not null,
  smart_account_id bytea not null,
  virtual_account_id bytea not null,
  lot_id bytea not null,
  ordered_at bigint not null,
  created_at bigint not null,
  primary key (order_number, line_number)
);
create index order_line_by_account on order_line (smart_account_id, lot_id);
