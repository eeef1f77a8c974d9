// Which product instances of a fresh answer were registered since the last one that was looked at.
import type { Device } from "../../api/types";

export interface Seen {
  // The latest registration that was on the page, as an instant in milliseconds.
  latest_ms: number;
}

export function newcomers(seen: Seen | null, devices: readonly Pick<Device, "registered_at" | "display_name">[]) {
  const times = devices.map((device) => Date.parse(device.registered_at)).filter((time) => !Number.isNaN(time));
  const latest_ms = Math.max(seen?.latest_ms ?? 0, ...times);
  const fresh = seen === null ? [] : devices.filter((device) => Date.parse(device.registered_at) > seen.latest_ms);
  return { seen: { latest_ms }, names: fresh.map((device) => device.display_name) };
}
