-- The children of one virtual account in their order, however large the tree is.
drop index virtual_account_by_parent;
create index virtual_account_by_parent on virtual_account (smart_account_id, parent_id, sort_path);
