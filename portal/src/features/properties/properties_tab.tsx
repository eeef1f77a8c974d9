// The properties of an account: what it tells about itself, and its locations. The tabs are not in a container, see
// access/requests_tabs.tsx.
import Container from "@cloudscape-design/components/container";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getAccountProperties } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { accountKey } from "../../live/keys";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { AccountInformation } from "./account_information";
import { Locations } from "./locations";

export function PropertiesTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: accountKey(sa, "properties"),
    queryFn: () => getAccountProperties(sa),
  });
  if (query.isPending) return <PageLoading />;
  if (query.isError) return <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />;
  return (
    <Tabs
      ariaLabel={t("properties.title")}
      tabs={[
        {
          id: "information",
          label: t("properties.information"),
          content: (
            <Container>
              <AccountInformation properties={query.data} />
            </Container>
          ),
        },
        {
          id: "locations",
          label: t("properties.locations"),
          content: (
            <Container>
              <Locations properties={query.data} />
            </Container>
          ),
        },
      ]}
    />
  );
}
