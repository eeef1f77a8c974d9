// The rules for a password, checked while it is typed. The server decides; this only spares a round trip.
import type { PasswordPolicy } from "../../api/types";

export type PasswordRule = "length" | "upper" | "lower" | "digit" | "symbol";

// In characters.
export const PASSWORD_LENGTHS: Record<PasswordPolicy, { least: number; most: number }> = {
  composed: { least: 12, most: 60 },
  long_enough: { least: 15, most: 200 },
};

const KINDS: Record<Exclude<PasswordRule, "length">, RegExp> = {
  upper: /[A-Z]/,
  lower: /[a-z]/,
  digit: /[0-9]/,
  symbol: /[!-/:-@[-`{-~]/,
};

export const PASSWORD_RULES: Record<PasswordPolicy, readonly PasswordRule[]> = {
  composed: ["length", "upper", "lower", "digit", "symbol"],
  long_enough: ["length"],
};

export function keptRules(policy: PasswordPolicy, given: string): Set<PasswordRule> {
  // As the server takes it, so that a full-width and a half-width keyboard write the same.
  const password = given.normalize("NFKC");
  // Counted in characters as a person sees them typed, not in UTF-16 units.
  const length = [...password].length;
  const { least, most } = PASSWORD_LENGTHS[policy];
  return new Set(
    PASSWORD_RULES[policy].filter((rule) =>
      rule === "length" ? length >= least && length <= most : KINDS[rule].test(password),
    ),
  );
}

export function keepsAllRules(policy: PasswordPolicy, password: string): boolean {
  return keptRules(policy, password).size === PASSWORD_RULES[policy].length;
}
