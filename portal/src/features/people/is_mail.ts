// Whether a text looks like a mail address. The server decides; this only spares a round trip.
export function isMail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim());
}
