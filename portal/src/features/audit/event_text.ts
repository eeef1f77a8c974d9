// An entry of the event log in words, made from its kind and its small map of data.
import type { TFunction } from "i18next";
import type { Language, LogEvent } from "../../api/types";
import { formatNumber } from "../../ui/format";

// The kinds that have a sentence; the filter of the log offers them in this order.
export const EVENT_KINDS = [
  "device_registered",
  "device_removed",
  "device_deregistered",
  "device_released",
  "device_identity_lapsed",
  "device_identity_renewed",
  "device_cloned",
  "device_resynced",
  "report_chain_broken",
  "use_changed",
  "draw_refused",
  "compliance_lost",
  "compliance_regained",
  "licenses_deposited",
  "term_started",
  "term_ended",
  "token_created",
  "token_revoked",
  "smart_account_created",
  "smart_account_changed",
  "account_headquarters_changed",
  "account_location_added",
  "account_location_removed",
  "account_creator_changed",
  "virtual_account_created",
  "virtual_account_changed",
  "virtual_account_deleted",
  "virtual_account_moved",
  "virtual_account_made_default",
  "virtual_account_tagged",
  "virtual_account_untagged",
  "custom_tag_created",
  "custom_tag_changed",
  "custom_tag_deleted",
  "account_requested",
  "account_request_approved",
  "account_request_declined",
  "account_request_withdrawn",
  "access_requested",
  "access_request_approved",
  "access_request_declined",
  "enquiry_sent",
  "enquiry_continued",
  "enquiry_reopened",
  "enquiry_answered",
  "enquiry_closed",
  "succession_requested",
  "succession_approved",
  "succession_declined",
  "succession_withdrawn",
  "succession_objected",
  "succession_stopped",
  "succession_granted",
  "succession_lapsed",
  "notification_address_added",
  "notification_address_confirmed",
  "notification_address_removed",
  "notification_address_stopped",
  "partner_request_made",
  "partner_request_accepted",
  "partner_request_declined",
  "partner_request_withdrawn",
  "partner_request_lapsed",
  "administrator_contacts_shown",
  "administrator_contacts_hidden",
  "role_granted",
  "role_revoked",
  "user_group_created",
  "user_group_renamed",
  "user_group_deleted",
  "user_group_member_added",
  "user_group_member_removed",
  "user_group_role_granted",
  "user_group_role_revoked",
  "catalog_imported",
  "orders_imported",
  "person_created",
  "person_signed_in",
  "password_set",
  "operator_role_granted",
  "operator_role_validated",
  "operator_role_ended",
  "assistance_opened",
  "assistance_used",
  "assistance_ended",
  "person_looked_up",
  "session_ended",
  "profile_changed",
  "companies_imported",
  "companies_merged",
  "company_split",
  "mail_changed",
  "program_made",
  "program_changed",
  "program_ended",
  "program_secret_made",
  "program_secret_ended",
  "agreement_accepted",
  "publication_created",
  "publication_changed",
  "publication_published",
  "publication_draft_discarded",
] as const;

export function eventText(t: TFunction, language: Language, event: LogEvent): string {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(event.data)) {
    values[name] = typeof value === "number" ? formatNumber(language, value) : String(value);
  }
  if (typeof values.role === "string") values.role = t(`roles.${values.role}`, { defaultValue: values.role });
  // What has a title in each language is named in the reader's.
  values.title = values[`title_${language}`] ?? "–";
  // An event about the account itself names no subject, and one about somebody whom the reader may not know no name.
  values.subject = event.subject?.name || event.subject?.id || (event.subject === undefined ? "–" : t("actors.person"));
  values.actor = actorText(t, event);
  const text = t(`events.${event.kind}`, { defaultValue: "", ...values });
  // A newer server may log what this portal has no sentence for.
  return text !== "" ? text : t("events.other", { kind: event.kind, subject: values.subject });
}

export function actorText(t: TFunction, event: LogEvent): string {
  const { actor } = event;
  if (actor.name !== undefined && actor.name !== "") return actor.name;
  return t(`actors.${actor.kind}`, { defaultValue: actor.kind });
}
