// Which domain a Smart Account shall have, seen from the person's own.
export interface DomainWish {
  option: "own" | "prefix" | "different";
  prefix: string;
  domain: string;
  note: string; // to whoever approves
}

export const mailDomain = (mail: string) => mail.slice(mail.lastIndexOf("@") + 1).toLowerCase();

export function wantedDomain(wish: DomainWish, own: string): string {
  if (wish.option === "prefix") return `${wish.prefix.trim()}.${own}`;
  return wish.option === "different" ? wish.domain.trim() : own;
}
