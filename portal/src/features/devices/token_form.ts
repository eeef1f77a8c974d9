// What a person types about a new registration token, and what is wrong with it.
import type { NewRegistrationToken } from "../../api/types";

export interface TokenForm {
  description: string;
  expires_in_days: string;
  max_uses: string;
  export_controlled_allowed: boolean;
}

export const DESCRIPTION_MAX_LENGTH = 200;
export const LONGEST_DAYS = 365;
export const MOST_USES = 100;

export const EMPTY_TOKEN_FORM: TokenForm = {
  description: "",
  expires_in_days: "30",
  max_uses: "",
  export_controlled_allowed: true,
};

export type TokenField = "description" | "expires_in_days" | "max_uses";

function wholeNumber(text: string, least: number, most: number): number | null {
  if (!/^[0-9]{1,4}$/.test(text.trim())) return null;
  const value = Number(text.trim());
  return value >= least && value <= most ? value : null;
}

// Answers the request, or the fields to mend.
export function tokenRequest(form: TokenForm): { request: NewRegistrationToken } | { wrong: TokenField[] } {
  const wrong: TokenField[] = [];
  const description = form.description.trim();
  if ([...description].length > DESCRIPTION_MAX_LENGTH) wrong.push("description");
  const days = wholeNumber(form.expires_in_days, 1, LONGEST_DAYS);
  if (days === null) wrong.push("expires_in_days");
  const uses = form.max_uses.trim() === "" ? undefined : wholeNumber(form.max_uses, 1, MOST_USES);
  if (uses === null) wrong.push("max_uses");
  if (wrong.length > 0 || days === null || uses === null) return { wrong };
  const request: NewRegistrationToken = {
    description,
    expires_in_days: days,
    export_controlled_allowed: form.export_controlled_allowed,
  };
  if (uses !== undefined) request.max_uses = uses;
  return { request };
}
