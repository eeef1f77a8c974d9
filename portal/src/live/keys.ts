// The keys under which answers are kept, and which of them a change makes old.
// ["account", smart_account_id, list, virtual_account_id or "" for the whole account, ...]
import type { LiveChange } from "./hub";

export type AccountList =
  | "account"
  | "account_requests"
  | "programs"
  | "access_requests"
  | "properties"
  | "succession"
  | "virtual_accounts"
  | "custom_tags"
  | "agreements"
  | "notification_addresses"
  | "users"
  | "user_groups"
  | "overview"
  | "licenses"
  | "tokens"
  | "devices"
  | "events";

export function accountKey(smart_account_id: string, list: AccountList, virtual_account_id = "", ...more: unknown[]) {
  return ["account", smart_account_id, list, virtual_account_id, ...more] as const;
}

// Topic of the stream -> lists that show it. A use by a device changes what the overview sums up, and so on.
const LISTS_OF: Record<string, readonly AccountList[]> = {
  devices: ["devices", "overview", "licenses", "account"],
  licenses: ["licenses", "overview", "devices"],
  // Of the account itself: its properties, and who has which role in it.
  account: ["account", "properties", "users", "user_groups"],
  tokens: ["tokens"],
  events: ["events", "succession", "account_requests", "access_requests", "programs"],
  virtual_accounts: ["virtual_accounts", "overview", "account"],
  custom_tags: ["custom_tags"],
  agreements: ["agreements"],
  notification_addresses: ["notification_addresses"],
};

export function isTouched(key: readonly unknown[], smart_account_id: string, change: LiveChange): boolean {
  if (key[0] !== "account" || key[1] !== smart_account_id) return false;
  const touches = change.topics.some((topic) => LISTS_OF[topic]?.some((list) => list === key[2]));
  if (!touches) return false;
  const virtual_account_id = key[3];
  return (
    virtual_account_id === "" ||
    change.virtual_account_ids.length === 0 ||
    change.virtual_account_ids.some((id) => id === virtual_account_id)
  );
}
