// The rules for a password, checked while it is typed. The server decides; this only spares a round trip.
export type PasswordRule = "length" | "upper" | "lower" | "digit" | "symbol";

export const PASSWORD_MIN_LENGTH = 12;
export const PASSWORD_MAX_LENGTH = 60;

const RULES: Record<PasswordRule, (password: string) => boolean> = {
  length: (password) => {
    // Counted in characters as a person sees them typed, not in UTF-16 units.
    const length = [...password].length;
    return length >= PASSWORD_MIN_LENGTH && length <= PASSWORD_MAX_LENGTH;
  },
  upper: (password) => /[A-Z]/.test(password),
  lower: (password) => /[a-z]/.test(password),
  digit: (password) => /[0-9]/.test(password),
  symbol: (password) => /[!-/:-@[-`{-~]/.test(password),
};

export const PASSWORD_RULES = Object.keys(RULES) as PasswordRule[];

export function keptRules(password: string): Set<PasswordRule> {
  return new Set(PASSWORD_RULES.filter((rule) => RULES[rule](password)));
}
