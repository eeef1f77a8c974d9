// Days as the form has them ("2026-01-31") and instants as the API has them, both by the clock of whoever looks.
export function dayOf(instant: string | undefined): string {
  if (instant === undefined) return "";
  const at = new Date(instant);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}
