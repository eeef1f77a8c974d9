// What a person may do comes with each record as words; the portal only asks for the words.
const MANAGING = ["account_edit", "users_manage", "virtual_account_create"] as const;

export function canManage(abilities: readonly string[]): boolean {
  return abilities.includes("account_view") || MANAGING.some((ability) => abilities.includes(ability));
}
