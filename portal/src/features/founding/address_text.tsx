// A postal address on one line, as mail between countries has it: from the street to the country.
import { useQuery } from "@tanstack/react-query";
import { listCountries, listRegions } from "../../api/calls";
import type { PostalAddress } from "../../api/types";
import { localName } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";

const LONG_MS = 60 * 60_000;

export function AddressText({ address }: { address: PostalAddress }) {
  const language = useLanguage();
  const countries = useQuery({ queryKey: ["countries"], queryFn: listCountries, staleTime: LONG_MS });
  const country = countries.data?.items.find((each) => each.code === address.country);
  const regions = useQuery({
    queryKey: ["regions", address.country],
    queryFn: () => listRegions(address.country),
    staleTime: LONG_MS,
    enabled: country?.has_regions ?? false,
  });
  const region = regions.data?.items.find((each) => each.code === address.region);
  const parts = [
    address.line1,
    address.line2,
    address.city,
    region === undefined ? address.region : localName(language, region),
    address.postal_code,
    country === undefined ? address.country : localName(language, country),
  ];
  return <>{parts.filter((part) => part !== undefined && part !== "").join(", ")}</>;
}
