// Addresses as they are shown, in one line and in Latin letters as they are written on a letter.
interface Address {
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  region_name_en?: string;
  country: string;
  postal_code?: string;
}

const isGiven = (part: string | undefined): part is string => part !== undefined && part !== "";

export function addressText(address: Address): string {
  const region = address.region_name_en ?? address.region;
  const end = [address.country, address.postal_code].filter(isGiven).join(" ");
  return [address.line1, address.line2, address.city, region, end].filter(isGiven).join(", ");
}

export function isSameAddress(a: Address, b: Address): boolean {
  return addressText(a) === addressText(b);
}
