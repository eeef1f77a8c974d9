import type { Founding, OwnAddress } from "../../api/types";

// What of an entry of the address book is the address itself.
export function postalPart({ country, postal_code, region, city, line1, line2 }: OwnAddress): Founding["headquarters"] {
  return {
    country,
    city,
    line1,
    ...(postal_code === undefined ? {} : { postal_code }),
    ...(region === undefined ? {} : { region }),
    ...(line2 === undefined ? {} : { line2 }),
  };
}
