import type { Role } from "../../api/types";

export const ROLES: readonly Role[] = [
  "sa_admin",
  "sa_user",
  "sa_approver",
  "sa_viewer",
  "va_admin",
  "va_user",
  "va_viewer",
];

// A role for one virtual account needs to be told which.
export function needsVirtualAccount(role: Role): boolean {
  return role.startsWith("va_");
}
