-- accounts/: exactly one virtual account of an account is the default; the index also finds it.
create unique index virtual_account_default on virtual_account (smart_account_id) where is_default;

-- What the account wants of orders to its sites.
alter table smart_account add column require_smart_account_on_orders boolean not null default false;
create unique index account_site_headquarters on account_site (smart_account_id) where is_headquarters;
