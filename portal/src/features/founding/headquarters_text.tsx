// An address without the names of its country and region, which are looked up here.
import type { PostalAddress } from "../../api/types";
import { localName } from "../../ui/format";
import { useLanguage } from "../../ui/use_language";
import { addressText } from "../people/address_text";
import { useCountry, useRegions } from "../people/country_list";

export function HeadquartersText({ address }: { address: PostalAddress }) {
  const language = useLanguage();
  const country = useCountry(address.country);
  const regions = useRegions(address.country, country?.has_regions ?? false);
  const region = regions.data?.items.find((each) => each.code === address.region);
  const named = {
    ...address,
    region: region?.name_en ?? address.region,
    country: country === undefined ? address.country : localName(language, country),
  };
  return <>{addressText(named)}</>;
}
