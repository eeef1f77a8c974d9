-- accounts/: roles of the operator's staff end, unless somebody else of the staff validates them again. Those that
-- are there begin to count now.
alter table operator_grant add column ends_at bigint not null default 0;
alter table operator_grant add column validated_at bigint not null default 0;
-- Empty: by the operator's command line.
alter table operator_grant add column validated_by bytea;
-- How many of the letters that warn of the end were sent.
alter table operator_grant add column warnings bigint not null default 0;
update operator_grant set validated_at = created_at,
  ends_at = (cast(extract(epoch from now()) as bigint) + 90 * 86400) * 1000000;
insert into timer (kind, smart_account_id, subject_id, due_at)
  select distinct 'staff_role', decode('00000000000000000000000000000000', 'hex'), person_id,
    (cast(extract(epoch from now()) as bigint) + 76 * 86400) * 1000000 from operator_grant;
