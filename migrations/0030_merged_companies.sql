-- companies/: records of the directory that were merged into another. They stay, so that the next file of the
-- operator's does not bring them back and a merger can be undone; their names are keys of the one that was kept.
alter table company add column kept_code text;
create index company_by_kept on company (kept_code) where kept_code is not null;

-- Records that may mean the same have a key in common and the same `place`: country and postal code, or city where
-- there is no postal code. `has_twin` marks the keys that two or more records share there.
alter table company_key add column place text not null default '';
alter table company_key add column has_twin boolean not null default false;
update company_key set place = (
  select c.country || ' ' || coalesce(c.postal_code, c.city) from company c where c.code = company_key.code
);
create index company_key_by_place on company_key (name_key, place, code);
update company_key set has_twin = true where exists (
  select 1 from company_key o
  where o.name_key = company_key.name_key and o.place = company_key.place and o.code <> company_key.code
);
create index company_key_twins on company_key (name_key, code) where has_twin;

-- Whoever changes the directory locks the row, so that changes come one after the other.
create table company_directory (
  is_only_row boolean not null primary key
);
insert into company_directory (is_only_row) values (true);
