// A place of an account: its address, and the number by which orders name it.
import Box from "@cloudscape-design/components/box";
import { useTranslation } from "react-i18next";
import type { AccountSite } from "../../api/types";
import { HeadquartersText } from "../founding/headquarters_text";

export function SiteText({ site }: { site: AccountSite }) {
  const { t } = useTranslation();
  return (
    <>
      <HeadquartersText address={site.address} />
      <Box variant="small" display="block" color="text-body-secondary">
        {t("properties.site", { number: site.site_number })}
      </Box>
    </>
  );
}
