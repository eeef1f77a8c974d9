-- What the overview counts only because time passes is kept beside the rest of it: licenses in force that end soon, and
-- devices without contact for long. The jobs that settle terms and look at devices bring them up to date, at the instants
-- below.
alter table position add column expiring bigint not null default 0;
alter table position add column next_warning_at bigint not null default 9223372036854775807;
alter table virtual_account_total add column expiring bigint not null default 0;
alter table virtual_account_total add column silent_device_count bigint not null default 0;
alter table device_contact add column silent boolean not null default false;

-- 90 days before the first end: at once, where that is past.
update position set next_warning_at = next_end_at - 7776000000000 where next_end_at is not null;
update compliance set next_boundary_at = coalesce((select min(p.next_warning_at) from position p
    where p.smart_account_id = compliance.smart_account_id and p.virtual_account_id = compliance.virtual_account_id
      and p.next_warning_at < compliance.next_boundary_at), next_boundary_at);
insert into timer (kind, smart_account_id, subject_id, due_at)
  select 'license_boundary', smart_account_id, virtual_account_id, min(next_boundary_at) from compliance
    where next_boundary_at < 9223372036854775807 group by smart_account_id, virtual_account_id
  on conflict (kind, smart_account_id, subject_id) do update set due_at = excluded.due_at
    where excluded.due_at < timer.due_at;
-- 30 days after the last contact.
update timer set due_at = coalesce((select c.last_contact_at + 2592000000000 from device_contact c
    where c.smart_account_id = timer.smart_account_id and c.device_id = timer.subject_id
      and c.last_contact_at + 2592000000000 < timer.due_at), due_at)
  where kind = 'device';

-- It answered for the licenses that end soon.
drop index holding_by_expiry;
